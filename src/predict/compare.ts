/** Which of two variants will be better after fine-tuning, and what says so? */
import { nearest } from '../base/explain';
import { pairwiseAccuracy } from '../domain/pairs';
import { NotFoundError, SpecError } from '../base/errors';
import { calibrate } from './calibration';
import {
  candidatesOf,
  contributions,
  fitWithoutEach,
  groupsOf,
  leaveTwoOut,
  logitOf,
  refuseUnteachable,
  trainedWithout,
  type Candidate,
  type Candidates,
  type Trained,
} from './held-out';
import { judgedAccuracy } from './judged-accuracy';
import { mean, type Measured } from './measurements';
import { fitPairwise, sigmoid } from './pairwise-logistic';
import { studentQuantile } from './student';

export interface Evidence {
  readonly indicator: string;
  readonly value_a: number;
  readonly value_b: number;
  /** The variant with the higher value. */
  readonly says: 'a' | 'b' | 'tie';
  /** How often the higher value was the better variant, among the other variants of the study. */
  readonly accuracy_alone: number;
  /** What it adds to the log-odds of `a`; negative for `b`. */
  readonly contribution: number;
}

export interface Comparison {
  readonly p_a_better: number;
  /** 95%, over the variants that were learned from. */
  readonly ci_low: number;
  readonly ci_high: number;
  /** Too close when the interval holds one half. */
  readonly verdict: 'a' | 'b' | 'too-close';
  readonly evidence: readonly Evidence[];
  /** The indicator that adds most to the verdict; null when it is too close. */
  readonly decided_by: string | null;
  /** Variants that were learned from; `a`, `b` and their copies are none of them. */
  readonly n_trained: number;
  /** The same question asked of pairs of those variants, each without the pair's outcomes. */
  readonly backtest: { readonly n_pairs: number; readonly accuracy: number; readonly ece: number };
}

/** Neither variant's outcome is used, for the figures about the predictor neither. */
export function compareVariants(
  measured: Measured,
  task: string,
  a: string,
  b: string,
): Comparison {
  const candidates = candidatesOf(measured, task);
  const [one, two] = [
    candidateNamed(measured, candidates, a),
    candidateNamed(measured, candidates, b),
  ];
  if (a === b)
    throw new SpecError(`Variant "${a}" is compared with itself. Name two different variants.`);
  const trained = trainedWithout(candidates.variants, [one, two]);
  refuseUnteachable(trained, task);
  const model = fitPairwise(trained);
  const logit = logitOf(model, one, two);
  const half = halfWidth(trained, one, two);
  const verdict = Math.abs(logit) <= half ? 'too-close' : logit > 0 ? 'a' : 'b';
  const evidence = evidenceOf(candidates, trained, one, two, contributions(model, one, two));
  const judged = leaveTwoOut(trained);
  return {
    p_a_better: sigmoid(logit),
    ci_low: sigmoid(logit - half),
    ci_high: sigmoid(logit + half),
    verdict,
    evidence,
    decided_by: verdict === 'too-close' ? null : strongest(evidence, Math.sign(logit)),
    n_trained: trained.length,
    backtest: { ...judgedAccuracy(judged), ece: calibrate(judged).ece },
  };
}

function candidateNamed(measured: Measured, candidates: Candidates, id: string): Candidate {
  const found = candidates.variants.find((one) => one.variant_id === id);
  if (found) return found;
  if (!measured.variants.includes(id)) {
    const guess = nearest(id, measured.variants);
    throw new NotFoundError(
      `The study has no variant "${id}".${guess ? ` Did you mean "${guess}"?` : ''} It has ${measured.variants.length} variants.`,
    );
  }
  const missing = candidates.incomplete.get(id) ?? [];
  throw new SpecError(
    `Variant "${id}" lacks ${missing.join(', ')}, which other variants of the study have. Measure it (\`npx foretune resume\`), then ask again.`,
  );
}

/** Half of the interval of the log-odds: the jackknife's, with Student's quantile for few variants. */
function halfWidth(trained: readonly Trained[], a: Candidate, b: Candidate): number {
  const groups = groupsOf(trained);
  const logits = fitWithoutEach(groups).map((model) => logitOf(model, a, b));
  const centre = mean(logits);
  const squares = logits.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  const n = groups.length;
  return studentQuantile(n - 1) * Math.sqrt(((n - 1) / n) * squares);
}

function evidenceOf(
  { indicators }: Candidates,
  trained: readonly Trained[],
  a: Candidate,
  b: Candidate,
  added: readonly number[],
): Evidence[] {
  return indicators.map((indicator, k) => {
    const [value_a, value_b] = [a.features[k] ?? NaN, b.features[k] ?? NaN];
    const alone = trained.map(({ features, outcome }) => ({
      predicted: features[k] ?? NaN,
      outcome,
    }));
    return {
      indicator,
      value_a,
      value_b,
      says: value_a > value_b ? 'a' : value_a < value_b ? 'b' : 'tie',
      accuracy_alone: pairwiseAccuracy(alone).accuracy,
      contribution: added[k] ?? NaN,
    };
  });
}

function strongest(evidence: readonly Evidence[], sign: number): string | null {
  const ranked = [...evidence].sort((x, y) => sign * (y.contribution - x.contribution));
  return ranked[0]?.indicator ?? null;
}
