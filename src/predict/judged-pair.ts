/**
 * A test pair with a predictor's probability, which was computed without the outcomes of either
 * variant unless the protocol says otherwise.
 */
export interface JudgedPair {
  readonly split: string;
  readonly a: string;
  readonly b: string;
  /** That variant `a` is better than `b` after SFT; 0, 0.5 or 1 for an unsupervised proxy. */
  readonly probability: number;
  readonly outcome_a: number;
  readonly outcome_b: number;
}
