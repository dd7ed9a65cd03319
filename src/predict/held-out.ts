/**
 * Predictions of variants that do not know their outcomes. A variant whose indicators equal those of
 * the one that is asked about is left out with it: it is the same checkpoint under another name.
 */
import { SpecError } from '../base/errors';
import { nearest } from '../base/explain';
import type { JudgedPair } from './judged-pair';
import { mapGroups, type ByVariant, type Measured } from './measurements';
import { fitPairwise, pairsOf, sigmoid, type PairwiseModel } from './pairwise-logistic';

/** A variant that has every indicator; its outcome is null before it is fine-tuned. */
export interface Candidate {
  readonly variant_id: string;
  readonly features: readonly number[];
  readonly outcome: number | null;
}

export interface Candidates {
  readonly task: string;
  /** The names of the features: every indicator that the study recorded. */
  readonly indicators: readonly string[];
  /** By id, so that the order of rows decides nothing. */
  readonly variants: readonly Candidate[];
  /** Variants that lack indicators, and which. */
  readonly incomplete: ReadonlyMap<string, readonly string[]>;
}

export type Trained = Candidate & { readonly outcome: number };

/** Fewer say too little of five weights. */
export const LEAST_TRAINED = 8;
/** With more, several variants are left out at once. */
const MOST_GROUPS = 60;
const MOST_JUDGED = 1000;

/** A task without outcomes is refused in words. */
export function candidatesOf(measured: Measured, task: string): Candidates {
  const outcomes = measured.outcomes.get(task);
  if (!outcomes?.size) throw new SpecError(unknownTask(measured, task));
  if (!measured.indicators.size)
    throw new SpecError('The study has no indicators yet: run it, then ask again.');
  return completeVariants(measured, task, outcomes);
}

/** Those that have every indicator, and those that have not. */
export function completeVariants(
  measured: Measured,
  task: string,
  outcomes: ByVariant,
): Candidates {
  const indicators = [...measured.indicators.keys()].sort();
  const value = (id: string, name: string) => measured.indicators.get(name)?.get(id);
  const lacking = measured.variants.map(
    (id) => [id, indicators.filter((name) => value(id, name) === undefined)] as const,
  );
  const complete = lacking.filter(([, missing]) => !missing.length).map(([id]) => id);
  return {
    task,
    indicators,
    variants: complete.sort(byName).map((id) => ({
      variant_id: id,
      features: indicators.map((name) => value(id, name) ?? NaN),
      outcome: outcomes.get(id) ?? null,
    })),
    incomplete: new Map(lacking.filter(([, missing]) => missing.length > 0)),
  };
}

function unknownTask({ outcomes }: Measured, task: string): string {
  const known = [...outcomes.keys()];
  if (!known.length)
    return 'No variant of the study was fine-tuned yet: there is nothing to learn.';
  const guess = nearest(task, known);
  return `The study has no outcomes on task "${task}".${guess ? ` Did you mean "${guess}"?` : ''} Tasks with outcomes: ${known.join(', ')}.`;
}

/** The fine-tuned variants that tell nothing of those that are asked about. */
export function trainedWithout(
  variants: readonly Candidate[],
  asked: readonly Candidate[],
): Trained[] {
  const hidden = new Set(asked.map(keyOf));
  return variants.filter(isTrained).filter((one) => !hidden.has(keyOf(one)));
}

/** Too few variants, or variants of one outcome, cannot teach which of two is better. */
export function refuseUnteachable(trained: readonly Trained[], task: string): void {
  if (trained.length < LEAST_TRAINED)
    throw new SpecError(
      `${trained.length} variants have every indicator and an outcome on "${task}", those asked about left out; at least ${LEAST_TRAINED} are needed. Fine-tune more variants.`,
    );
  if (new Set(trained.map(({ outcome }) => outcome)).size < 2)
    throw new SpecError(
      `All ${trained.length} variants have the same outcome on "${task}" (${trained[0]?.outcome}): there is no better and worse to learn. Check how the task is evaluated.`,
    );
}

/** Groups of variants to be left out together: copies always, others when there are many. */
export function groupsOf(trained: readonly Trained[]): Trained[][] {
  const copies = [...mapGroups(trained, keyOf, (group) => group).values()];
  const groups = Array.from({ length: Math.min(copies.length, MOST_GROUPS) }, (): Trained[] => []);
  copies.forEach((group, i) => groups[i % groups.length]?.push(...group));
  return groups;
}

/** The models that know all but one group each, in the order of the groups. */
export function fitWithoutEach(groups: readonly (readonly Trained[])[]): PairwiseModel[] {
  return groups.map((_, k) => fitPairwise(groups.filter((_group, m) => m !== k).flat()));
}

/** Probabilities that know the outcome of neither variant: all pairs, or 1,000 spread evenly. */
export function leaveTwoOut(trained: readonly Trained[]): JudgedPair[] {
  return pairsOf(trained.length, Math.max(MOST_JUDGED, trained.length)).flatMap(([i, j]) => {
    const [a, b] = [trained[i], trained[j]];
    if (!a || !b) return [];
    const model = fitPairwise(trainedWithout(trained, [a, b]));
    const probability = sigmoid(logitOf(model, a, b));
    const [outcome_a, outcome_b] = [a.outcome, b.outcome];
    return [{ split: 'all', a: a.variant_id, b: b.variant_id, probability, outcome_a, outcome_b }];
  });
}

/** Log-odds that the first is better; exactly the opposite for the opposite order. */
export function logitOf(model: PairwiseModel, a: Candidate, b: Candidate): number {
  return contributions(model, a, b).reduce((sum, value) => sum + value, 0);
}

/** What each indicator adds to the log-odds. */
export function contributions(model: PairwiseModel, a: Candidate, b: Candidate): number[] {
  const [x, y] = [model.place(a.features), model.place(b.features)];
  return model.weights.map((weight, k) => weight * ((x[k] ?? NaN) - (y[k] ?? NaN)));
}

function isTrained(variant: Candidate): variant is Trained {
  return variant.outcome !== null;
}

function keyOf({ features }: Candidate): string {
  return JSON.stringify(features);
}

/** "v2" before "v10". */
export function byName(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true }) || (a < b ? -1 : 1);
}
