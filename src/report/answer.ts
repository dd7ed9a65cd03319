/** The answer of a study in one plain sentence for each task. Pure. */
import type { Row } from '../dataset/tables';
import { counted, interval, listed, share } from './format';
import type { Names } from './names';

type Fit = Row<'fits'>;

export interface Answer {
  readonly task: string;
  /** The predictor with the highest accuracy; among equals the first. */
  readonly best: Fit;
  /** The study's baseline, if one is named and measured. */
  readonly baseline: Fit | undefined;
  readonly sentence: string;
  /** Limitations of the sentence. */
  readonly caveats: readonly string[];
}

/**
 * Overlapping intervals do not show that two proxies are equal: both were judged on the same
 * variants.
 */
export function haveDisjointIntervals(a: Fit, b: Fit): boolean {
  return a.ci_low > b.ci_high || b.ci_low > a.ci_high;
}

/** Undefined if nothing was fitted on the task. */
export function answerTask(
  task: string,
  fits: readonly Fit[],
  names: Pick<Names, 'baseline' | 'baselineLabel'>,
): Answer | undefined {
  const ofTask = fits.filter((fit) => fit.task === task);
  const best = bestFit(ofTask);
  if (!best) return undefined;
  const baseline = ofTask.find((fit) => fit.proxy === names.baseline);
  return {
    task,
    best,
    baseline,
    sentence: sentenceOf(best, baseline, names),
    caveats: caveatsOf(best, ofTask, names.baseline),
  };
}

export function bestFit(fits: readonly Fit[]): Fit | undefined {
  return fits.reduce<Fit | undefined>(
    (best, fit) => (best && best.accuracy >= fit.accuracy ? best : fit),
    undefined,
  );
}

function sentenceOf(
  best: Fit,
  baseline: Fit | undefined,
  { baseline: named, baselineLabel: label }: Pick<Names, 'baseline' | 'baselineLabel'>,
): string {
  const lead = `On ${best.task}, ${best.proxy} names the better of two variants in ${figures(best)}`;
  if (named === null) return `${lead}; the study names no baseline.`;
  if (!baseline) return `${lead}; ${label} was not measured, so there is no baseline.`;
  if (baseline === best)
    return `${lead}. It is itself the baseline; no other predictor does better.`;
  const compared = `${lead}; ${label}, the baseline, in ${figures(baseline)}`;
  if (!haveDisjointIntervals(best, baseline))
    return `${compared}: their intervals overlap, so the difference may be chance.`;
  return baseline.ci_high < 0.5 ? `${compared}, worse than a coin toss.` : `${compared}.`;
}

function figures({ accuracy, n_pairs, ci_low, ci_high }: Fit): string {
  return `${share(accuracy)} of ${counted(n_pairs, 'pair')} (95% interval ${interval(ci_low, ci_high)})`;
}

function caveatsOf(best: Fit, fits: readonly Fit[], baseline: string | null): string[] {
  const caveats: string[] = [];
  if (best.ci_low <= 0.5) caveats.push('It is not distinguishable from a coin toss (0.500).');
  const alike = fits.filter(
    (fit) => fit !== best && fit.proxy !== baseline && !haveDisjointIntervals(best, fit),
  );
  if (alike.length)
    caveats.push(
      `Its interval overlaps those of ${listed(alike.map((fit) => `${fit.proxy} (${share(fit.accuracy)})`))}.`,
    );
  return caveats;
}
