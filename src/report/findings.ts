/** The conclusions from the judged pairs of a task: figures, each with a sentence. Pure. */
import { SpecError } from '../base/errors';
import { calibrate, type Calibration } from '../predict/calibration';
import { accuracyAgainstCoverage, decideByOthers, type CoveragePoint } from '../predict/coverage';
import { accuracyByGap, type GapBin } from '../predict/gap-bins';
import { credit, judgedAccuracy } from '../predict/judged-accuracy';
import type { JudgedPair } from '../predict/judged-pair';
import { errorReduction } from '../predict/paired-test';
import { summarizeRankings, type RankingSummary } from '../predict/ranking';
import { spreadOverVariants } from '../predict/spread';
import { measured, percent, share } from './format';
import type { Judged } from './judged';

/** Accuracies that differ by less are called equal. */
const ALIKE = 0.05;
/** The accuracy wanted on decided pairs; all other pairs are "too close to call". */
export const WANTED_ACCURACY = 0.8;
const FIFTHS = 5;

export interface Gap extends GapBin {
  /** `0.2 to 1.1`. */
  readonly range: string;
  /** Null if there are too few variants. */
  readonly ci_low: number | null;
  readonly ci_high: number | null;
  readonly baseline: number | null;
}

/**
 * Share of the baseline's errors that is avoided; null if the baseline judged no such pair, or made
 * no error.
 */
export function reductionFinding({ pairs, baseline }: Judged, label: string): string | null {
  if (!baseline || baseline.every((pair) => credit(pair) === 1)) return null;
  try {
    const { reduction, ci_low, ci_high } = errorReduction(pairs, baseline);
    return `errors reduced by ${percent(reduction)} relative to the baseline (${label}) on the same pairs (95% interval ${percent(ci_low)} to ${percent(ci_high)})`;
  } catch (error) {
    if (error instanceof SpecError) return null; // variants too few for an interval
    throw error;
  }
}

export interface Finding<T> {
  readonly title: string;
  readonly figures: T;
}

export function gapFinding({ pairs, baseline }: Judged): Finding<readonly Gap[]> {
  const theirs = baseline && accuracyByGap(baseline, FIFTHS);
  const bins = accuracyByGap(pairs, FIFTHS);
  const figures = bins.map((bin, i) => ({
    ...bin,
    ...intervalWithin(pairs, bin),
    range: `${measured(bin.gap_low)} to ${measured(bin.gap_high)}`,
    baseline: theirs?.[i]?.accuracy ?? null,
  }));
  return { title: gapTitle(bins), figures };
}

function intervalWithin(pairs: readonly JudgedPair[], { gap_low, gap_high }: GapBin) {
  const within = pairs.filter(({ outcome_a, outcome_b }) => {
    const gap = Math.abs(outcome_a - outcome_b);
    return gap >= gap_low && gap <= gap_high;
  });
  const numbers = within.map((pair) => ({ a: pair.a, b: pair.b, numbers: [1, credit(pair)] }));
  try {
    return spreadOverVariants(numbers, ([n = 0, right = 0]) => right / n);
  } catch (error) {
    if (error instanceof SpecError) return { ci_low: null, ci_high: null };
    throw error;
  }
}

function gapTitle(bins: readonly GapBin[]): string {
  const [narrow, wide] = [bins[0], bins.at(-1)];
  if (!narrow || !wide || bins.length < 2) return 'All pairs have the same difference of outcomes.';
  const part = bins.length === FIFTHS ? 'fifth' : 'part';
  const figures = `accuracy ${share(wide.accuracy)} in the ${part} with the largest differences, ${share(narrow.accuracy)} in the one with the smallest`;
  const gain = wide.accuracy - narrow.accuracy;
  if (Math.abs(gain) < ALIKE) return `Pairs with a large difference are no easier: ${figures}.`;
  return gain > 0
    ? `Pairs with a large difference are easier: ${figures}.`
    : `Pairs with a large difference are harder, contrary to expectation: ${figures}.`;
}

export function calibrationFinding({ pairs }: Judged): Finding<Calibration> {
  const figures = calibrate(pairs);
  const { accuracy } = judgedAccuracy(pairs);
  const sure = pairs.reduce((sum, { probability }) => sum + Math.abs(probability - 0.5), 0);
  const said = 0.5 + sure / pairs.length;
  const words = `mean confidence ${share(said)}, accuracy ${share(accuracy)}`;
  if (Math.abs(said - accuracy) >= ALIKE)
    return {
      title: `${said > accuracy ? 'Overconfident' : 'Underconfident'}: ${words}.`,
      figures,
    };
  return figures.ece < ALIKE
    ? { title: `Well calibrated: ${words}.`, figures }
    : { title: `Calibrated on average, but not at each probability: ${words}.`, figures };
}

export interface Coverage {
  readonly points: readonly CoveragePoint[];
  /** Null if no margin could be chosen, or no pair is decided with enough confidence. */
  readonly decided: { readonly coverage: number; readonly accuracy: number } | null;
}

export function coverageFinding({ pairs }: Judged): Finding<Coverage> {
  const points = accuracyAgainstCoverage(pairs);
  const all = share(judgedAccuracy(pairs).accuracy);
  try {
    const { coverage, accuracy } = decideByOthers(pairs, WANTED_ACCURACY);
    if (accuracy === null)
      return {
        title: `Never confident enough for an accuracy of ${percent(WANTED_ACCURACY)}: every pair is too close to call.`,
        figures: { points, decided: null },
      };
    return {
      title: `${percent(1 - coverage)} of pairs are too close to call; accuracy ${share(accuracy)} on the others, ${all} on all pairs.`,
      figures: { points, decided: { coverage, accuracy } },
    };
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    const title = `Accuracy ${all} on all pairs; too few splits to choose which pairs are too close to call.`;
    return { title, figures: { points, decided: null } };
  }
}

export interface Ranking extends RankingSummary {
  readonly baseline: readonly number[] | null;
}

/** Pairs of one model per pair form one ranking; those of random splits form one each. */
export function rankingFinding(judged: Judged): Finding<Ranking> {
  const whole = (pairs: readonly JudgedPair[]) =>
    judged.kind === 'computed' ? pairs.map((pair) => ({ ...pair, split: 'all' })) : pairs;
  const summary = summarizeRankings(whole(judged.pairs));
  const baseline = judged.baseline && summarizeRankings(whole(judged.baseline)).recall_at;
  return { title: rankingTitle(summary), figures: { ...summary, baseline } };
}

function rankingTitle({ n_splits, n_variants: n, recall_at, regret }: RankingSummary): string {
  const lost = `choosing the variant ranked first loses ${measured(regret)} of the outcome`;
  if (n_splits === 1) {
    const place = recall_at.findIndex((share_of) => share_of > 0.5) + 1;
    const where = place ? `has rank ${place}` : `is not among the first ${recall_at.length}`;
    return `The best of ${n} variants ${where}; ${lost}.`;
  }
  const k = Math.min(recall_at.length, Math.max(1, Math.round(n / 4)));
  return `The best of ${n} variants is among the first ${k} of the ranking in ${share(recall_at[k - 1] ?? NaN)} of ${n_splits} splits (by chance ${share(k / n)}); ${lost}.`;
}
