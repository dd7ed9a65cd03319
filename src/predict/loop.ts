/**
 * Which variants to fine-tune next. The first ones are chosen by an indicator that needs no
 * training; then, each round, the predictor is fitted to the fine-tuned variants and those with the
 * best scores follow. A share of the picks is random, so that the predictor also sees variants that
 * it ranks low.
 */
import { mersenne, unsafeUniformIntDistribution, type RandomGenerator } from 'pure-rand';
import { sampleOf, type Candidates } from './candidates';
import type { Features } from './feature-table';
import { byName, mean, type ByVariant } from './measurements';
import { pairsOf } from './pairwise-logistic';
import type { Pair, Predictor } from './predictor';
import { scaled } from './predictors/sum';
import { scoresOf } from './recommend';

export interface LoopPolicy {
  /** Variants per round; the predictor is refitted after each round. */
  readonly batch: number;
  /** Probability that a pick is random. */
  readonly explore: number;
  readonly seed: number;
}

export type PickReason = 'start' | 'predictor' | 'explore';

export interface Pick {
  readonly variant_id: string;
  /** `start`: by indicators alone; `predictor`: by its score; `explore`: at random. */
  readonly reason: PickReason;
}

/**
 * A value of each variant before any is fine-tuned, higher first: the indicator that measures the
 * task itself, otherwise the mean of all indicators, scaled to [0, 1].
 */
export function startValues(features: Features, indicators: readonly (string | null)[]): ByVariant {
  const own = indicators.flatMap((name) => features.indicators.get(name ?? '') ?? []);
  const used = own.length ? own : [...features.indicators.values()];
  const columns = used.map(({ values }) => scaled(values, features.studies));
  return new Map(
    features.variants.map((id) => [
      id,
      mean(columns.flatMap((values) => values.get(id) ?? [])) || 0,
    ]),
  );
}

/** Mean over the tasks of the standardized outcomes, for the variants that have all of them. */
export function meanOutcomes(outcomes: readonly ByVariant[]): ByVariant {
  const [first, ...others] = outcomes;
  const ids = [...(first?.keys() ?? [])].filter((id) => others.every((values) => values.has(id)));
  const standard = outcomes.map((values) => standardizer(ids.map((id) => values.get(id) ?? NaN)));
  const total = (id: string) =>
    mean(outcomes.map((values, k) => standard[k]?.(values.get(id) ?? NaN) ?? NaN));
  return new Map(ids.map((id) => [id, total(id)]));
}

function standardizer(values: readonly number[]): (value: number) => number {
  const center = mean(values);
  const spread = Math.sqrt(mean(values.map((value) => (value - center) ** 2)));
  return (value) => (spread ? (value - center) / spread : 0);
}

export interface Round {
  readonly predictor: Predictor;
  readonly candidates: Candidates;
  readonly start: ByVariant;
  /** The variants whose outcomes are known. */
  readonly trained: readonly string[];
  readonly untried: readonly string[];
}

/** Multiplier that keeps the seeds of one loop's rounds apart from those of another. */
const SEED_STRIDE = 1_000_003;

/**
 * The picks of one round, at most `batch`. Uses only the outcomes of `trained`; the order of the
 * lists does not matter, and the same round gives the same picks.
 */
export async function nextVariants(round: Round, policy: LoopPolicy): Promise<Pick[]> {
  const { ranked, reason } = await rank(round);
  const rng = mersenne(policy.seed * SEED_STRIDE + round.trained.length);
  const left = [...ranked];
  return Array.from({ length: Math.min(policy.batch, left.length) }, () => {
    const explores = uniform(rng) < policy.explore;
    const [picked] = left.splice(explores ? drawn(rng, left.length) : 0, 1);
    return { variant_id: picked ?? '', reason: explores ? 'explore' : reason };
  });
}

/** Learning needs at least two different outcomes. */
async function rank(round: Round) {
  const { predictor, candidates, start, trained, untried } = round;
  const outcomes = new Set(trained.map((id) => candidates.outcomes.get(id)));
  const isReady = !predictor.learns || outcomes.size > 1;
  const score = isReady ? await scoresBy(round) : new Map<string, number>();
  const value = (values: ByVariant, id: string) => values.get(id) ?? 0;
  const ranked = [...untried]
    .sort(byName)
    .sort((x, y) => value(score, y) - value(score, x) || value(start, y) - value(start, x));
  return { ranked, reason: isReady ? 'predictor' : 'start' } as const;
}

async function scoresBy({ predictor, candidates, trained, untried }: Round): Promise<ByVariant> {
  const variants = [...untried].sort(byName);
  const pairs = pairsOf(variants.length).map(([i, j]): Pair => [
    variants[i] ?? '',
    variants[j] ?? '',
  ]);
  const training = [...trained].sort(byName);
  const fitted = await predictor.fit(sampleOf(candidates, 'round', training, pairs), 0);
  if (fitted.kind !== 'values') return scoresOf(fitted, variants, pairs);
  return new Map(variants.map((id) => [id, fitted.value(id) ?? -Number.MAX_VALUE]));
}

function uniform(rng: RandomGenerator): number {
  return ((rng.unsafeNext() >>> 0) + 0.5) / 2 ** 32;
}

function drawn(rng: RandomGenerator, n: number): number {
  return unsafeUniformIntDistribution(0, n - 1, rng);
}
