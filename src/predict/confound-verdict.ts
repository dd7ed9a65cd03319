/**
 * Do indicators contain more information than the configuration? A predictor fitted to indicators
 * may have learned only the learning rate (in the table of arXiv 2504.12491 the rate alone orders
 * .724/.794/.782 of the pairs).
 */
import { judgedAccuracy } from './judged-accuracy';
import type { JudgedPair } from './judged-pair';
import { pairedDifference, type PairedDifference } from './paired-test';

/** The results of one learner with three sets of features, on the same pairs. */
export interface ConfoundEvidence {
  readonly indicators: readonly JudgedPair[];
  readonly configuration: readonly JudgedPair[];
  readonly both: readonly JudgedPair[];
}

export type Addition = 'adds' | 'adds-nothing' | 'unclear';

export interface ConfoundVerdict {
  readonly verdict: Addition;
  readonly accuracy: {
    readonly indicators: number;
    readonly configuration: number;
    readonly both: number;
  };
  /** Both minus configuration alone: what the indicators add. */
  readonly added: PairedDifference;
  /** Indicators alone minus configuration alone. */
  readonly instead: PairedDifference;
  readonly sentence: string;
}

/** A gain that is certainly smaller than this counts as none: one pair in fifty. */
const WORTH_HAVING = 0.02;

/**
 * `adds` if the interval of the gain is above 0; `adds-nothing` if there is no gain, or certainly
 * none that matters; otherwise there are too few variants to decide.
 */
export function confoundVerdict(evidence: ConfoundEvidence): ConfoundVerdict {
  const added = pairedDifference(evidence.both, evidence.configuration);
  const instead = pairedDifference(evidence.indicators, evidence.configuration);
  const accuracy = {
    indicators: judgedAccuracy(evidence.indicators).accuracy,
    configuration: judgedAccuracy(evidence.configuration).accuracy,
    both: judgedAccuracy(evidence.both).accuracy,
  };
  const verdict = verdictOn(added);
  return { verdict, accuracy, added, instead, sentence: sentenceOf(verdict, accuracy, added) };
}

export function verdictOn({
  difference,
  ci_low,
  ci_high,
}: Pick<PairedDifference, 'difference' | 'ci_low' | 'ci_high'>): Addition {
  if (ci_low > 0) return 'adds';
  return difference <= 0 || ci_high < WORTH_HAVING ? 'adds-nothing' : 'unclear';
}

function sentenceOf(
  verdict: Addition,
  { configuration, both }: ConfoundVerdict['accuracy'],
  { difference, ci_low, ci_high }: PairedDifference,
): string {
  const figures = `${both.toFixed(3)} with indicators and configuration, ${configuration.toFixed(3)} with configuration alone, a difference of ${signed(difference)} (95% interval ${signed(ci_low)} to ${signed(ci_high)})`;
  switch (verdict) {
    case 'adds':
      return `The indicators add information to the configuration: ${figures}.`;
    case 'adds-nothing':
      return `The indicators add nothing to the configuration: ${figures}.`;
    case 'unclear':
      return `Whether the indicators add to the configuration is not clear: ${figures}.`;
  }
}

function signed(value: number): string {
  return `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(3)}`;
}
