/**
 * Replays the loop on a study whose variants are all fine-tuned: its regret against the number of
 * fine-tuned variants, compared with fixed orders. Each choice uses only the outcomes of variants
 * fine-tuned before it.
 */
import { mersenne, unsafeUniformIntDistribution } from 'pure-rand';
import { SpecError } from '../base/errors';
import { candidatesOf, type Candidates } from './candidates';
import { columnNamed, seen, type FeatureTable } from './feature-table';
import { nextVariants, startValues, type LoopPolicy, type Round } from './loop';
import { byName, mean, type ByVariant } from './measurements';
import type { Predictor } from './predictor';
import { pairwise } from './predictors/pairwise';
import { RANK, rankable } from './predictors/rank';
import { rawValue, type Target } from './targets';

/** The loop, random order, and fixed orders by name: an indicator, or `rank:<setting>`. */
export const LOOP = 'loop';
export const RANDOM = 'random';

export interface RegretCurve {
  readonly policy: string;
  /** Number of orders that the figures are averaged over; 1 for a fixed order. */
  readonly n_orders: number;
  /** At index n - 1: how much better the best of all is than the best of the first n. */
  readonly regret: readonly number[];
  /** 5% and 95% quantiles over the orders. */
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** Mean number of fine-tuned variants up to and including the best. */
  readonly until_best: number;
}

export interface Replay {
  readonly predictor: string;
  readonly features: readonly string[];
  readonly n_variants: number;
  /** As measured. */
  readonly best: { readonly variant_id: string; readonly outcome: number };
  /** Variants without an outcome, or without a value that the predictor needs. */
  readonly left_out: readonly string[];
  readonly batch: number;
  readonly explore: number;
  readonly curves: readonly RegretCurve[];
}

export interface ReplaySettings {
  readonly batch: number;
  readonly explore: number;
  /** Number of random orders for the policies that use chance, with seeds 0, 1, ... */
  readonly seeds: number;
}

export async function replayLoop(
  table: FeatureTable,
  target: Target,
  settings: ReplaySettings,
  predictor: Predictor = pairwise,
): Promise<Replay> {
  const candidates = candidatesOf(table, target, predictor);
  const known = candidates.variants.filter((id) => candidates.outcomes.has(id));
  const outcome = (id: string) => candidates.outcomes.get(id) ?? NaN;
  const [first] = [...known].sort((x, y) => outcome(y) - outcome(x));
  const different = new Set(known.map(outcome)).size;
  if (first === undefined || different < 2)
    throw new SpecError(
      `${known.length} variants have an outcome on "${target.name}" and the values that the predictor needs, with ${different} different outcomes: a replay needs at least two different outcomes.`,
    );
  const replay = { predictor, candidates, start: startValues(table, [target.indicator]) };
  const orders = await ordersOf(replay, target, known, settings);
  return {
    predictor: predictor.name,
    features: predictor.sees(seen(table)),
    n_variants: known.length,
    best: { variant_id: first, outcome: rawValue(target, outcome(first)) },
    left_out: table.variants.filter((id) => !known.includes(id)),
    batch: settings.batch,
    explore: settings.explore,
    curves: orders.map(([policy, lists]) =>
      curveOf(
        policy,
        lists.map((list) => list.map(outcome)),
      ),
    ),
  };
}

type Replayed = Pick<Round, 'predictor' | 'candidates' | 'start'>;
type Orders = readonly [policy: string, lists: readonly (readonly string[])[]];

async function ordersOf(
  replay: Replayed,
  target: Target,
  known: readonly string[],
  settings: ReplaySettings,
): Promise<Orders[]> {
  const seeds = Array.from({ length: settings.seeds }, (_, seed) => seed);
  const loops = seeds.map((seed) => loopOrder(replay, known, { ...settings, seed }));
  return [
    [LOOP, await Promise.all(loops)],
    [RANDOM, seeds.map((seed) => randomOrder(known, seed))],
    ...fixedOrders(replay.candidates, target, known),
  ];
}

/**
 * The order in which the loop fine-tunes, if each outcome becomes known after its variant is
 * fine-tuned.
 */
export async function loopOrder(
  replay: Replayed,
  known: readonly string[],
  policy: LoopPolicy,
): Promise<string[]> {
  const trained: string[] = [];
  while (trained.length < known.length) {
    const untried = known.filter((id) => !trained.includes(id));
    const outcomes: ByVariant = new Map(
      trained.map((id) => [id, replay.candidates.outcomes.get(id) ?? NaN]),
    );
    const candidates: Candidates = { ...replay.candidates, outcomes };
    const picks = await nextVariants({ ...replay, candidates, trained, untried }, policy);
    trained.push(...picks.map(({ variant_id }) => variant_id));
  }
  return trained;
}

/** How much better the best is than the best so far, after each variant. */
export function regretsOf(outcomes: readonly number[]): number[] {
  const best = Math.max(...outcomes);
  let found = -Infinity;
  return outcomes.map((outcome) => best - (found = Math.max(found, outcome)));
}

function randomOrder(known: readonly string[], seed: number): string[] {
  const rng = mersenne(seed);
  const left = [...known].sort(byName);
  return known.flatMap(() => left.splice(unsafeUniformIntDistribution(0, left.length - 1, rng), 1));
}

/**
 * The baseline, the task's own indicator and every numeric setting, if all variants have one; equal
 * values in order of id.
 */
function fixedOrders({ table }: Candidates, target: Target, known: readonly string[]): Orders[] {
  const indicators = [...new Set([table.words.baseline, target.indicator])].flatMap((name) =>
    name !== null && table.indicators.has(name) ? [{ policy: name, name }] : [],
  );
  const settings = rankable(table).map((name) => ({ policy: `${RANK}${name}`, name }));
  return [...indicators, ...settings].flatMap(({ policy, name }): Orders[] => {
    const values = columnNamed(table, name);
    if (!values || known.some((id) => !values.has(id))) return [];
    const value = (id: string) => values.get(id) ?? NaN;
    return [[policy, [[...known].sort((x, y) => value(y) - value(x))]]];
  });
}

function curveOf(policy: string, orders: readonly (readonly number[])[]): RegretCurve {
  const regrets = orders.map(regretsOf);
  const over = (figure: (values: readonly number[]) => number) =>
    (regrets[0] ?? []).map((_, i) => figure(regrets.map((one) => one[i] ?? NaN)));
  return {
    policy,
    n_orders: orders.length,
    regret: over(mean),
    low: over((values) => quantile(values, 0.05)),
    high: over((values) => quantile(values, 0.95)),
    until_best: mean(regrets.map((one) => one.indexOf(0) + 1)),
  };
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.round(share * (sorted.length - 1))] ?? NaN;
}
