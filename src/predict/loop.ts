/**
 * Which variants to fine-tune next. The first ones go by an indicator that needs no training; then the
 * pairwise model is fitted anew to those that are fine-tuned, and the best by its score come next. A
 * share of the picks is drawn at random, so that the model also sees what it thinks little of.
 */
import { mersenne, unsafeUniformIntDistribution, type RandomGenerator } from 'pure-rand';
import { byName, type Candidate, type Candidates, type Trained } from './held-out';
import { mean, type ByVariant } from './measurements';
import { fitPairwise } from './pairwise-logistic';

export interface LoopPolicy {
  /** Variants a round; the model is fitted anew after each. */
  readonly batch: number;
  /** The chance of each pick to be drawn at random. */
  readonly explore: number;
  readonly seed: number;
}

export type PickReason = 'start' | 'proxy' | 'explore';

export interface Pick {
  readonly variant_id: string;
  /** `start`: by indicators alone; `proxy`: by the fitted model; `explore`: drawn at random. */
  readonly reason: PickReason;
}

/** A variant with what an untrained proxy says of it. */
export interface Startable extends Candidate {
  readonly start: number;
}

/** The task's own k-shot score where it is recorded, else the mean of all indicators, scaled to [0, 1]. */
export function withStart({ task, indicators, variants }: Candidates): Startable[] {
  const own = indicators.indexOf(`kshot_${task}`);
  const columns = indicators.map((_, k) => scaler(variants.map(({ features }) => at(features, k))));
  return variants.map((one) => ({
    ...one,
    start:
      own >= 0
        ? at(one.features, own)
        : mean(columns.map((scale, k) => scale(at(one.features, k)))),
  }));
}

/**
 * The picks of one round, at most `batch`. Only outcomes in `trained` are used; the order of the
 * arguments' elements decides nothing, and the same arguments give the same picks.
 */
export function nextVariants(
  trained: readonly Trained[],
  untried: readonly Startable[],
  policy: LoopPolicy,
): Pick[] {
  const { ranked, reason } = rank(trained, untried);
  const rng = mersenne(policy.seed * SEED_STRIDE + trained.length);
  const left = [...ranked];
  return Array.from({ length: Math.min(policy.batch, left.length) }, () => {
    const explores = uniform(rng) < policy.explore;
    const [picked] = left.splice(explores ? drawn(rng, left.length) : 0, 1);
    return { variant_id: picked ?? '', reason: explores ? 'explore' : reason };
  });
}

/** Mean over the tasks of the outcomes standardised over the variants that have them all. */
export function meanOutcomes(outcomes: readonly ByVariant[]): ByVariant {
  const [first, ...others] = outcomes;
  const ids = [...(first?.keys() ?? [])].filter((id) => others.every((values) => values.has(id)));
  const scaled = outcomes.map((values) => standardiser(ids.map((id) => values.get(id) ?? NaN)));
  const total = (id: string) =>
    mean(outcomes.map((values, k) => scaled[k]?.(values.get(id) ?? NaN) ?? NaN));
  return new Map(ids.map((id) => [id, total(id)]));
}

function standardiser(values: readonly number[]): (value: number) => number {
  const centre = mean(values);
  const spread = Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
  return (value) => (spread ? (value - centre) / spread : 0);
}

/** Seeds of the rounds of one loop lie between those of two loops. */
const SEED_STRIDE = 1_000_003;

/** Without two different outcomes there is no better and worse to learn. */
function rank(trained: readonly Trained[], untried: readonly Startable[]) {
  const learns = new Set(trained.map(({ outcome }) => outcome)).size > 1;
  const score = learns ? fitPairwise(inOrder(trained)).score : () => 0;
  const scored = untried.map((one) => ({ ...one, score: score(one.features) }));
  const ranked = inOrder(scored).sort((x, y) => y.score - x.score || y.start - x.start);
  return {
    ranked: ranked.map(({ variant_id }) => variant_id),
    reason: learns ? 'proxy' : 'start',
  } as const;
}

function inOrder<T extends Candidate>(variants: readonly T[]): T[] {
  return [...variants].sort((x, y) => byName(x.variant_id, y.variant_id));
}

function scaler(values: readonly number[]): (value: number) => number {
  const low = Math.min(...values);
  const range = Math.max(...values) - low;
  return (value) => (range ? (value - low) / range : 0);
}

function at(values: readonly number[], k: number): number {
  return values[k] ?? NaN;
}

function uniform(rng: RandomGenerator): number {
  return ((rng.unsafeNext() >>> 0) + 0.5) / 2 ** 32;
}

function drawn(rng: RandomGenerator, n: number): number {
  return unsafeUniformIntDistribution(0, n - 1, rng);
}
