/** Which of two variants will be better after fine-tuning, and which features say so. */
import { SpecError, NotFoundError } from '../base/errors';
import { nearest } from '../base/explain';
import type { Direction } from '../domain/direction';
import { pairwiseAccuracy } from '../domain/pairs';
import { calibrate } from './calibration';
import {
  candidatesOf,
  groupsOf,
  refuseUnteachable,
  sampleOf,
  trainedWithout,
  type Candidates,
} from './candidates';
import { columnNamed, measureNamed, seen, type FeatureTable } from './feature-table';
import { judge } from './judge';
import { judgedAccuracy } from './judged-accuracy';
import { mean } from './measurements';
import {
  contributionsOf,
  logitOf,
  sigmoid,
  type Fitted,
  type Pair,
  type Predictor,
} from './predictor';
import { calibrated, pairwise } from './predictors/pairwise';
import { studentQuantile } from './student';
import { rawValue, type Target } from './targets';

export interface Evidence {
  readonly indicator: string;
  readonly label: string;
  readonly better: Direction;
  /** As measured. */
  readonly value_a: number;
  readonly value_b: number;
  /** The variant with the better value. */
  readonly says: 'a' | 'b' | 'tie';
  /**
   * How often the variant with the better value was better, among the other variants of the study.
   */
  readonly accuracy_alone: number;
  /**
   * Contribution to the log-odds of `a`, negative for `b`; null if the predictor is not additive.
   */
  readonly contribution: number | null;
}

export interface Backtest {
  readonly n_pairs: number;
  readonly accuracy: number;
  readonly ece: number;
}

export interface Comparison {
  readonly predictor: string;
  /** The features that the predictor uses. */
  readonly features: readonly string[];
  readonly p_a_better: number;
  /** 95%, over the training variants. */
  readonly ci_low: number;
  readonly ci_high: number;
  /** Too close to call if the interval contains one half. */
  readonly verdict: 'a' | 'b' | 'too-close';
  readonly evidence: readonly Evidence[];
  /**
   * The indicator that contributes most to the verdict; null if it is too close to call or unknown.
   */
  readonly decided_by: string | null;
  /** Number of training variants; `a`, `b` and their copies are not among them. */
  readonly n_trained: number;
  /**
   * The predictor's accuracy on pairs of those variants, each judged without the pair's outcomes.
   */
  readonly backtest: Backtest;
}

/** Neither variant's outcome is used, not even for the figures about the predictor. */
export async function compareVariants(
  table: FeatureTable,
  target: Target,
  [a, b]: Pair,
  named: Predictor = pairwise,
): Promise<Comparison> {
  const predictor = calibrated(named);
  const candidates = candidatesOf(table, target, predictor);
  mustBeCandidate(candidates, a);
  mustBeCandidate(candidates, b);
  if (a === b)
    throw new SpecError(`Variant "${a}" is compared with itself. Name two different variants.`);
  const trained = trainedWithout(candidates, [a, b]);
  refuseUnteachable(candidates, trained);
  // All in one turn of the event loop, so that learners are trained in one batch.
  const [{ fitted, half }, backtest] = await Promise.all([
    answer(predictor, candidates, trained, [a, b]),
    backtestOf(predictor, candidates, trained),
  ]);
  const logit = logitOf(fitted, a, b) ?? 0;
  const verdict = Math.abs(logit) <= half ? 'too-close' : logit > 0 ? 'a' : 'b';
  const evidence = evidenceOf(candidates, predictor, trained, [a, b], fitted);
  return {
    predictor: predictor.name,
    features: predictor.sees(seen(table)),
    p_a_better: sigmoid(logit),
    ci_low: sigmoid(logit - half),
    ci_high: sigmoid(logit + half),
    verdict,
    evidence,
    decided_by: verdict === 'too-close' ? null : strongest(evidence, Math.sign(logit)),
    n_trained: trained.length,
    backtest,
  };
}

function mustBeCandidate({ table, variants, incomplete }: Candidates, id: string): void {
  if (variants.includes(id)) return;
  const missing = incomplete.get(id);
  if (missing)
    throw new SpecError(
      `Variant "${id}" has no ${missing.join(', ')}, which the predictor needs. Measure it (\`npx foretune resume\`), or name another predictor.`,
    );
  const guess = nearest(id, table.variants);
  throw new NotFoundError(
    `The study has no variant "${id}".${guess ? ` Did you mean "${guess}"?` : ''} It has ${table.variants.length} variants.`,
  );
}

/** The fitted predictor, and half the width of the interval of its log-odds. */
async function answer(
  predictor: Predictor,
  candidates: Candidates,
  trained: readonly string[],
  pair: Pair,
): Promise<{ readonly fitted: Fitted; readonly half: number }> {
  const [a, b] = pair;
  const groups = groupsOf(candidates, trained);
  const [fitted, ...without] = await Promise.all([
    predictor.fit(sampleOf(candidates, 'all', trained, [pair]), 0),
    ...groups.map((group, k) => {
      const rest = trained.filter((id) => !group.includes(id));
      return predictor.fit(sampleOf(candidates, `without ${k}`, rest, [pair]), 0);
    }),
  ]);
  return { fitted, half: halfWidth(without.map((one) => logitOf(one, a, b) ?? 0)) };
}

/** The jackknife interval, with Student's quantile for few variants. */
function halfWidth(logits: readonly number[]): number {
  const n = logits.length;
  const center = mean(logits);
  const squares = logits.reduce((sum, value) => sum + (value - center) ** 2, 0);
  return studentQuantile(n - 1) * Math.sqrt(((n - 1) / n) * squares);
}

async function backtestOf(
  predictor: Predictor,
  { table, target }: Candidates,
  variants: readonly string[],
): Promise<Backtest> {
  const scope = { table, targets: [target.name], variants };
  const { judgements } = await judge([predictor], { kind: 'held-out' }, scope);
  const pairs = judgements[0]?.pairs ?? [];
  return { ...judgedAccuracy(pairs), ece: calibrate(pairs).ece };
}

function evidenceOf(
  { table, outcomes }: Candidates,
  predictor: Predictor,
  trained: readonly string[],
  [a, b]: Pair,
  fitted: Fitted,
): Evidence[] {
  const names = predictor.sees(seen(table));
  const added = fitted.kind === 'odds' ? contributionsOf(fitted, a, b) : undefined;
  return names.flatMap((name, k) => {
    const measure = measureNamed(table, name);
    const values = columnNamed(table, name);
    const [one, two] = [values?.get(a), values?.get(b)];
    if (!values || one === undefined || two === undefined) return [];
    const alone = trained.map((id) => ({
      predicted: values.get(id) ?? NaN,
      outcome: outcomes.get(id) ?? NaN,
    }));
    return [
      {
        ...{ indicator: name, label: measure.label, better: measure.better },
        value_a: rawValue(measure, one),
        value_b: rawValue(measure, two),
        says: one > two ? 'a' : one < two ? 'b' : 'tie',
        accuracy_alone: pairwiseAccuracy(alone).accuracy,
        contribution: added?.length === names.length ? (added[k] ?? NaN) : null,
      },
    ];
  });
}

function strongest(evidence: readonly Evidence[], sign: number): string | null {
  const known = evidence.filter(({ contribution }) => contribution !== null);
  const ranked = [...known].sort((x, y) => sign * ((y.contribution ?? 0) - (x.contribution ?? 0)));
  return ranked[0]?.indicator ?? null;
}
