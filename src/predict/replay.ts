/**
 * What the loop would have cost on a study whose variants are all fine-tuned: regret against the number
 * fine-tuned, beside fixed orders. Each choice sees the outcomes of the variants fine-tuned before it.
 */
import { mersenne, unsafeUniformIntDistribution } from 'pure-rand';
import { SpecError } from '../base/errors';
import { candidatesOf, trainedWithout, type Trained } from './held-out';
import { nextVariants, withStart, type LoopPolicy, type Startable } from './loop';
import { mean, type Measured } from './measurements';
import { BASELINE } from './unsupervised';

export type PolicyName = 'proxy' | 'random' | 'perplexity' | 'kshot';

export interface RegretCurve {
  readonly policy: PolicyName;
  /** Orders that the figures are a mean over; 1 for a fixed order. */
  readonly n_orders: number;
  /** At index n - 1: outcome of the best of all minus that of the best of the first n. */
  readonly regret: readonly number[];
  /** 5% and 95% quantiles over the orders. */
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** Mean number fine-tuned until the best of all is among them. */
  readonly until_best: number;
}

export interface Replay {
  readonly n_variants: number;
  readonly best: { readonly variant_id: string; readonly outcome: number };
  /** Variants that could not be replayed, for want of an outcome or an indicator. */
  readonly left_out: readonly string[];
  readonly batch: number;
  readonly explore: number;
  readonly curves: readonly RegretCurve[];
}

export interface ReplaySettings {
  readonly batch: number;
  readonly explore: number;
  /** Orders drawn for the policies that draw: seeds 0, 1, ... */
  readonly seeds: number;
}

type Known = Startable & Trained;

export function replayLoop(measured: Measured, task: string, settings: ReplaySettings): Replay {
  const candidates = candidatesOf(measured, task);
  const known = withStart(candidates).filter(isKnown);
  const [first] = [...known].sort((x, y) => y.outcome - x.outcome);
  if (!first || new Set(known.map(({ outcome }) => outcome)).size < 2)
    throw new SpecError(
      `${known.length} variants have every indicator and an outcome on "${task}", of ${new Set(known.map(({ outcome }) => outcome)).size} different values: a replay needs at least two that differ.`,
    );
  const seeds = Array.from({ length: settings.seeds }, (_, seed) => seed);
  const orders: readonly [PolicyName, readonly (readonly Known[])[]][] = [
    ['proxy', seeds.map((seed) => loopOrder(known, { ...settings, seed }))],
    ['random', seeds.map((seed) => randomOrder(known, seed))],
    ...fixedOrders(known, candidates.indicators, task),
  ];
  const listed = new Set(known.map(({ variant_id }) => variant_id));
  return {
    n_variants: known.length,
    best: { variant_id: first.variant_id, outcome: first.outcome },
    left_out: measured.variants.filter((id) => !listed.has(id)),
    batch: settings.batch,
    explore: settings.explore,
    curves: orders.map(([policy, lists]) => curveOf(policy, lists)),
  };
}

/** The order in which the loop fine-tunes, given that each outcome is told once its variant is. */
export function loopOrder(known: readonly Known[], policy: LoopPolicy): Known[] {
  const byId = new Map(known.map((one) => [one.variant_id, one]));
  const order: Known[] = [];
  while (order.length < known.length) {
    const untried = known
      .filter((one) => !order.includes(one))
      .map((one) => ({ ...one, outcome: null }));
    const picks = nextVariants(trainedWithout(order, []), untried, policy);
    order.push(...picks.flatMap(({ variant_id }) => byId.get(variant_id) ?? []));
  }
  return order;
}

/** Outcome of the best minus that of the best so far, after each. */
export function regretsOf(order: readonly { readonly outcome: number }[]): number[] {
  const best = Math.max(...order.map(({ outcome }) => outcome));
  let found = -Infinity;
  return order.map(({ outcome }) => best - (found = Math.max(found, outcome)));
}

function randomOrder(known: readonly Known[], seed: number): Known[] {
  const rng = mersenne(seed);
  const left = [...known];
  return known.flatMap(() => left.splice(unsafeUniformIntDistribution(0, left.length - 1, rng), 1));
}

/** Orders by one indicator, of those that the study has; equal values by id. */
function fixedOrders(
  known: readonly Known[],
  indicators: readonly string[],
  task: string,
): [PolicyName, Known[][]][] {
  const named: [PolicyName, string][] = [
    ['perplexity', BASELINE],
    ['kshot', `kshot_${task}`],
  ];
  return named.flatMap(([policy, indicator]): [PolicyName, Known[][]][] => {
    const k = indicators.indexOf(indicator);
    const value = ({ features }: Known) => features[k] ?? NaN;
    return k < 0 ? [] : [[policy, [[...known].sort((x, y) => value(y) - value(x))]]];
  });
}

function curveOf(policy: PolicyName, orders: readonly (readonly Known[])[]): RegretCurve {
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

function isKnown(variant: Startable): variant is Known {
  return variant.outcome !== null;
}
