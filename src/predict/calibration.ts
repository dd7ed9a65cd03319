/** Whether a predictor's probabilities match how often its answers are right. */
import { answerOf } from './judged-accuracy';
import type { JudgedPair } from './judged-pair';
import { mapGroups, mean } from './measurements';

export interface ReliabilityBin {
  /** The bin covers probabilities from `low` up to `high`. */
  readonly low: number;
  readonly high: number;
  /** Answers in the bin; each pair gives two, one for each order. */
  readonly n: number;
  readonly mean_probability: number;
  /** How often the first variant was better; ties count one half. */
  readonly share_better: number;
}

export interface Calibration {
  readonly n_pairs: number;
  /**
   * Expected calibration error: mean distance of probability and share over bins of equal width.
   */
  readonly ece: number;
  /** Mean squared distance of probability and answer; always answering 0.5 gives 0.25. */
  readonly brier: number;
  /** Bins without an answer are left out. */
  readonly bins: readonly ReliabilityBin[];
}

/** Both orders of every pair count, so that it does not matter which variant is called `a`. */
export function calibrate(pairs: readonly JudgedPair[], bins = 10): Calibration {
  const answers = pairs.flatMap((pair) => {
    const answer = answerOf(pair);
    return [
      { said: pair.probability, answer },
      { said: 1 - pair.probability, answer: 1 - answer },
    ];
  });
  const indexOf = (said: number) => Math.min(bins - 1, Math.floor(said * bins));
  const groups = mapGroups(
    answers,
    ({ said }) => String(indexOf(said)),
    (group) => reliability(group, indexOf(group[0]?.said ?? NaN), bins),
  );
  const filled = [...groups.values()].sort((x, y) => x.low - y.low);
  const distances = filled.map((bin) => bin.n * Math.abs(bin.mean_probability - bin.share_better));
  return {
    n_pairs: pairs.length,
    ece: distances.reduce((sum, value) => sum + value, 0) / answers.length,
    brier: mean(answers.map(({ said, answer }) => (said - answer) ** 2)),
    bins: filled,
  };
}

function reliability(
  group: readonly { readonly said: number; readonly answer: number }[],
  index: number,
  bins: number,
): ReliabilityBin {
  return {
    low: index / bins,
    high: (index + 1) / bins,
    n: group.length,
    mean_probability: mean(group.map(({ said }) => said)),
    share_better: mean(group.map(({ answer }) => answer)),
  };
}
