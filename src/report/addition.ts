/** Do the indicators add information to the configuration? In words, for one task. Pure. */
import type { JudgedPair } from '../predict/judged-pair';
import { confoundVerdict, verdictOn, type Addition } from '../predict/confound-verdict';
import { SpecError } from '../base/errors';
import { pairedDifference, type PairedDifference } from '../predict/paired-test';
import { haveDisjointIntervals } from './answer';
import { interval, share } from './format';
import { firstLearned, kindOf, type Fit } from './learned-groups';

export interface Added {
  readonly headline: string;
  readonly sentence: string;
}

/** The pairs that a fit judged; null if they are not recorded and cannot be computed again. */
export type PairsOf = (fit: Fit, like: readonly JudgedPair[]) => readonly JudgedPair[] | null;

export function additionOf(fits: readonly Fit[], pairsOf: PairsOf): Added {
  const [both, alone] = [firstLearned(fits, 'both'), firstLearned(fits, 'indicators')];
  const learned = both ?? alone;
  if (!learned)
    return { headline: 'only fits on the configuration are recorded', sentence: NO_INDICATORS };
  const rivals = fits.filter((fit) => kindOf(fit, null) === 'configuration');
  const strongest = highest(rivals);
  if (!strongest)
    return {
      headline: `the learner orders ${share(learned.accuracy)} of the pairs correctly`,
      sentence: `${figures(learned)}. The variants do not differ in configuration, so there is no configuration to compare with.`,
    };
  const compared = compare(learned, rivals, pairsOf, alone);
  const sentence = both ? compared.sentence : `${compared.sentence} ${ASK_BOTH}`;
  return { headline: headlineOf(compared.verdict, both !== undefined), sentence };
}

const NO_INDICATORS = 'No fit on the indicators is recorded.';
const ASK_BOTH =
  'To find out whether the indicators add to the configuration, fit with --features both.';

interface Compared {
  readonly verdict: Addition;
  readonly sentence: string;
}

interface Rival {
  readonly fit: Fit;
  readonly pairs: readonly JudgedPair[];
}

/** A paired comparison if the rival's pairs are known; otherwise the intervals are compared. */
function compare(
  learned: Fit,
  rivals: readonly Fit[],
  pairsOf: PairsOf,
  alone: Fit | undefined,
): Compared {
  const pairs = pairsOf(learned, []) ?? [];
  const known = rivals.flatMap((fit) => {
    const its = pairs.length ? pairsOf(fit, pairs) : null;
    return its?.length ? [{ fit, pairs: its }] : [];
  });
  const strongest = highest(rivals) ?? learned;
  const rival = known.find(({ fit }) => fit === highest(known.map((one) => one.fit)));
  const paired = rival && pairwise(pairs, rival, alone === learned ? undefined : alone, pairsOf);
  if (!rival || !paired) return byIntervals(learned, strongest);
  const sentence = `${figures(learned)}; ${figures(rival.fit)}. Pair by pair, ${paired.sentence}`;
  if (rival.fit === strongest) return { ...paired, sentence };
  const isApart = haveDisjointIntervals(learned, strongest);
  const beside = `${figures(strongest)}; its predictions are not recorded, so only the intervals can be compared: they ${isApart ? 'do not overlap' : 'overlap'}.`;
  const isDoubtful = paired.verdict === 'adds' && !isApart;
  return { verdict: isDoubtful ? 'unclear' : paired.verdict, sentence: `${sentence} ${beside}` };
}

/** Undefined if no interval can be computed: too few variants, or fits with other pairs. */
function pairwise(
  both: readonly JudgedPair[],
  { pairs: configuration }: Rival,
  alone: Fit | undefined,
  pairsOf: PairsOf,
): Compared | undefined {
  try {
    const indicators = (alone && pairsOf(alone, both)) ?? [];
    if (indicators.length) {
      const { verdict, sentence } = confoundVerdict({ indicators, configuration, both });
      return { verdict, sentence: `${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}` };
    }
    const difference = pairedDifference(both, configuration);
    return { verdict: verdictOn(difference), sentence: `${differenceText(difference)}.` };
  } catch (error) {
    if (error instanceof SpecError) return undefined;
    throw error;
  }
}

function byIntervals(learned: Fit, rival: Fit): Compared {
  const isApart = haveDisjointIntervals(learned, rival);
  const isBetter = learned.accuracy > rival.accuracy;
  const verdict = isApart && isBetter ? 'adds' : isBetter ? 'unclear' : 'adds-nothing';
  const words = isApart ? 'do not overlap' : 'overlap';
  return {
    verdict,
    sentence: `${figures(learned)}, ${figures(rival)}: their intervals ${words}. Predictions were not recorded, so they cannot be compared pair by pair.`,
  };
}

function headlineOf(verdict: Addition, isAddition: boolean): string {
  switch (verdict) {
    case 'adds':
      return isAddition
        ? 'the indicators add to the configuration'
        : 'the indicators alone do better than the configuration alone';
    case 'adds-nothing':
      return isAddition
        ? 'the indicators add nothing to the configuration'
        : 'the indicators alone do no better than the configuration alone';
    case 'unclear':
      return isAddition
        ? 'whether the indicators add to the configuration is not clear'
        : 'whether the indicators do better than the configuration is not clear';
  }
}

/** `ltc:lightgbm reaches 0.766 (0.708 to 0.816) from indicators and configuration`. */
function figures({ proxy, features, accuracy, ci_low, ci_high }: Fit): string {
  const from = features === 'both' ? ' from indicators and configuration' : '';
  return `${proxy} reaches ${share(accuracy)} (${interval(ci_low, ci_high)})${from}`;
}

function differenceText({ difference, ci_low, ci_high }: PairedDifference): string {
  return `the difference is ${signed(difference)} (95% interval ${signed(ci_low)} to ${signed(ci_high)})`;
}

function signed(value: number): string {
  return `${value < 0 ? '-' : '+'}${share(Math.abs(value))}`;
}

function highest(fits: readonly Fit[]): Fit | undefined {
  return fits.reduce<Fit | undefined>(
    (best, fit) => (best && best.accuracy >= fit.accuracy ? best : fit),
    undefined,
  );
}
