/** The pairs that this report looks at closely: recorded predictions, else those of a quick model. Pure. */
import type { Row } from '../dataset/tables';
import { SpecError } from '../base/errors';
import { candidatesOf, refuseUnteachable, trainedWithout } from '../predict/held-out';
import { byScore } from '../predict/judge';
import type { JudgedPair } from '../predict/judged-pair';
import { leaveGroupsOut } from '../predict/leave-groups-out';
import { mapGroups, type ByVariant, type Measured } from '../predict/measurements';
import { firstLearned, type Fit, type LearnedGroup } from './learned-groups';

type Prediction = Row<'predictions'>;

export interface Judged {
  readonly kind: 'recorded' | 'computed';
  readonly task: string;
  /** What predicted, in words. */
  readonly name: string;
  readonly protocol: string;
  /** Neither variant's outcome was known to what judged it, save under `/against`. */
  readonly pairs: readonly JudgedPair[];
  /** What perplexity says of the same pairs; null where it lacks a variant. */
  readonly perplexity: readonly JudgedPair[] | null;
}

/** Why there is nothing to look at. */
export interface Unjudged {
  readonly kind: 'none';
  readonly task: string;
  readonly reason: string;
}

/** Finds what a recorded fit predicted; empty when that was not recorded. */
export type Recorded = (fit: Fit) => readonly JudgedPair[];

export const QUICK_MODEL = 'a pairwise logistic model';

export function recordedPairs(predictions: readonly Prediction[], measured: Measured): Recorded {
  const groups = mapGroups(predictions, keyOf, (group) => group);
  return (fit) => {
    const outcomes = measured.outcomes.get(fit.task);
    return (groups.get(keyOf(fit)) ?? []).flatMap((row) => {
      const [a, b] = [row.variant_a, row.variant_b];
      const [outcome_a, outcome_b] = [outcomes?.get(a), outcomes?.get(b)];
      if (outcome_a === undefined || outcome_b === undefined) return [];
      const { probability, split } = row;
      return [{ split: split ?? 'all', a, b, probability, outcome_a, outcome_b }];
    });
  };
}

/** The pairs again, as a score of each variant judges them; null unless it knows all of them. */
export function rejudge(
  pairs: readonly JudgedPair[],
  scores: ByVariant | undefined,
): JudgedPair[] | null {
  if (!scores) return null;
  const probability = byScore(scores);
  const judged = pairs.flatMap((pair) => {
    const said = probability(pair.a, pair.b);
    return said === undefined ? [] : [{ ...pair, probability: said }];
  });
  return judged.length === pairs.length ? judged : null;
}

export function judgeTask(
  task: string,
  groups: readonly LearnedGroup[],
  recorded: Recorded,
  measured: Measured,
  perplexity: ByVariant | undefined,
): Judged | Unjudged {
  const found = recordedJudgement(task, groups, recorded) ?? computedJudgement(task, measured);
  if (found.kind === 'none') return found;
  return { ...found, perplexity: rejudge(found.pairs, perplexity) };
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
      return { kind: 'recorded', task, name: fit.proxy, protocol, pairs, perplexity: null };
  }
  return undefined;
}

function computedJudgement(task: string, measured: Measured): Judged | Unjudged {
  try {
    const trained = trainedWithout(candidatesOf(measured, task).variants, []);
    refuseUnteachable(trained, task);
    const pairs = leaveGroupsOut(trained);
    const name = QUICK_MODEL;
    return { kind: 'computed', task, name, protocol: 'held-out', pairs, perplexity: null };
  } catch (error) {
    if (error instanceof SpecError) return { kind: 'none', task, reason: error.message };
    throw error;
  }
}

function keyOf(of: Pick<Prediction, 'fit_id' | 'task' | 'proxy' | 'protocol'>): string {
  return JSON.stringify([of.fit_id, of.task, of.proxy, of.protocol]);
}
