/**
 * The pairs that the report examines in detail: recorded predictions, otherwise those of a quick
 * model. Pure.
 */
import type { Row } from '../dataset/tables';
import { SpecError } from '../base/errors';
import { candidatesOf, refuseUnteachable, trainedWithout } from '../predict/candidates';
import type { FeatureTable } from '../predict/feature-table';
import { judge } from '../predict/judge';
import type { JudgedPair } from '../predict/judged-pair';
import { mapGroups, type ByVariant } from '../predict/measurements';
import { probabilityOf } from '../predict/predictor';
import { pairwise } from '../predict/predictors/pairwise';
import type { Target } from '../predict/targets';
import { firstLearned, type Fit, type LearnedGroup } from './learned-groups';

type Prediction = Row<'predictions'>;

export interface Judged {
  readonly kind: 'recorded' | 'computed';
  readonly task: string;
  /** Name of the predictor, in words. */
  readonly name: string;
  readonly protocol: string;
  /** The predictions were made without either variant's outcome, except under `/against`. */
  readonly pairs: readonly JudgedPair[];
  /**
   * The baseline's prediction for the same pairs; null if it does not know a variant, or if no
   * baseline is named.
   */
  readonly baseline: readonly JudgedPair[] | null;
}

/** Why there are no pairs to examine. */
export interface Unjudged {
  readonly kind: 'none';
  readonly task: string;
  readonly reason: string;
}

/** Finds the predictions of a recorded fit; empty if they were not recorded. */
export type Recorded = (fit: Fit) => readonly JudgedPair[];

export const QUICK_MODEL = 'a pairwise logistic model';

export function recordedPairs(
  predictions: readonly Prediction[],
  { targets }: FeatureTable,
): Recorded {
  const groups = mapGroups(predictions, keyOf, (group) => group);
  return (fit) => {
    const outcomes = targets.get(fit.task)?.outcomes;
    return (groups.get(keyOf(fit)) ?? []).flatMap((row) => {
      const [a, b] = [row.variant_a, row.variant_b];
      const [outcome_a, outcome_b] = [outcomes?.get(a), outcomes?.get(b)];
      if (outcome_a === undefined || outcome_b === undefined) return [];
      const { probability, split } = row;
      return [{ split: split ?? 'all', a, b, probability, outcome_a, outcome_b }];
    });
  };
}

/** The same pairs as judged by a score for each variant; null unless every variant has a score. */
export function rejudge(
  pairs: readonly JudgedPair[],
  scores: ByVariant | undefined,
): JudgedPair[] | null {
  if (!scores) return null;
  const fitted = { kind: 'values', value: (id: string) => scores.get(id) } as const;
  const judged = pairs.flatMap((pair) => {
    const said = probabilityOf(fitted, pair.a, pair.b);
    return said === undefined ? [] : [{ ...pair, probability: said }];
  });
  return judged.length === pairs.length ? judged : null;
}

export async function judgeTask(
  target: Target,
  groups: readonly LearnedGroup[],
  recorded: Recorded,
  table: FeatureTable,
  baseline: ByVariant | undefined,
): Promise<Judged | Unjudged> {
  const found =
    recordedJudgement(target.name, groups, recorded) ?? (await computedJudgement(target, table));
  if (found.kind === 'none') return found;
  return { ...found, baseline: rejudge(found.pairs, baseline) };
}

function recordedJudgement(
  task: string,
  groups: readonly LearnedGroup[],
  recorded: Recorded,
): Judged | undefined {
  for (const { tasks, protocol } of groups) {
    const fits = tasks.find((one) => one.task === task)?.fits ?? [];
    const fit = firstLearned(fits, 'indicators') ?? firstLearned(fits, 'both');
    const pairs = fit ? recorded(fit) : [];
    if (fit && pairs.length)
      return { kind: 'recorded', task, name: fit.proxy, protocol, pairs, baseline: null };
  }
  return undefined;
}

async function computedJudgement(target: Target, table: FeatureTable): Promise<Judged | Unjudged> {
  const task = target.name;
  try {
    const candidates = candidatesOf(table, target, pairwise);
    refuseUnteachable(candidates, trainedWithout(candidates, []));
    const protocol = { kind: 'held-out' } as const;
    const { judgements } = await judge([pairwise], protocol, { table, targets: [task] });
    const known = { kind: 'computed', task, name: QUICK_MODEL, protocol: protocol.kind } as const;
    return { ...known, pairs: judgements[0]?.pairs ?? [], baseline: null };
  } catch (error) {
    if (error instanceof SpecError) return { kind: 'none', task, reason: error.message };
    throw error;
  }
}

function keyOf(prediction: Pick<Prediction, 'fit_id' | 'task' | 'proxy' | 'protocol'>): string {
  return JSON.stringify([
    prediction.fit_id,
    prediction.task,
    prediction.proxy,
    prediction.protocol,
  ]);
}
