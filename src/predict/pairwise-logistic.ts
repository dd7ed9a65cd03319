/**
 * A pairwise logistic model that is fitted in less than a millisecond, so that it can be refitted
 * without each variant to predict: P(A beats B) = sigmoid(w . (rank of A - rank of B)). Indicators
 * enter as ranks among the training variants, because pairwise accuracy depends on order only: a
 * monotone rescaling changes nothing, and a collapsed value simply has the last rank.
 */
import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { countBelow } from './gap-bins';
import { sigmoid } from './predictor';

export interface TrainingVariant {
  readonly features: readonly number[];
  readonly outcome: number;
}

export interface PairwiseModel {
  readonly weights: readonly number[];
  /** The model's features: ranks with mean 0 and variance 1 over the training variants. */
  readonly place: (features: readonly number[]) => readonly number[];
}

/** A normal prior of variance 1 on each weight; the data count as one observation per variant. */
const PENALTY = 1;
/** More pairs of the same variants add hardly any information. */
const MOST_PAIRS = 20_000;
const MOST_STEPS = 50;

/** The penalty keeps weights finite on separable data; a tied outcome pulls towards one half. */
export function fitPairwise(variants: readonly TrainingVariant[]): PairwiseModel {
  const place = rankPlacer(variants.map(({ features }) => features));
  const weights = newton(differences(variants, place), variants.length);
  return { weights, place };
}

function rankPlacer(rows: readonly (readonly number[])[]): PairwiseModel['place'] {
  const n = rows.length;
  const columns = (rows[0] ?? []).map((_, k) =>
    Float64Array.from(rows, (row) => row[k] ?? NaN).sort(),
  );
  return (features) =>
    features.map((value, k) => {
      const sorted = columns[k] ?? new Float64Array();
      const middle = (countBelow(sorted, value, false) + countBelow(sorted, value, true)) / 2;
      return (middle / n - 0.5) * Math.sqrt(12);
    });
}

/** One row per pair, in one flat array: this is the inner loop of thousands of fits. */
interface Differences {
  readonly n_features: number;
  readonly values: Float64Array;
  /** 1 if the first is better, 0 if the second is, one half for a tie. */
  readonly answers: Float64Array;
}

function differences(
  variants: readonly TrainingVariant[],
  place: PairwiseModel['place'],
): Differences {
  const placed = variants.map(({ features }) => place(features));
  const n_features = placed[0]?.length ?? 0;
  const pairs = pairsOf(variants.length);
  const values = new Float64Array(pairs.length * n_features);
  const answers = new Float64Array(pairs.length);
  pairs.forEach(([i, j], row) => {
    const [a, b] = [placed[i] ?? [], placed[j] ?? []];
    for (let k = 0; k < n_features; k++)
      values[row * n_features + k] = (a[k] as number) - (b[k] as number);
    answers[row] =
      (1 + Math.sign((variants[i]?.outcome ?? NaN) - (variants[j]?.outcome ?? NaN))) / 2;
  });
  return { n_features, values, answers };
}

/**
 * All pairs; for many variants, the same number of partners for each, evenly spread over the list.
 */
export function pairsOf(n: number, most = MOST_PAIRS): (readonly [number, number])[] {
  const pairs: (readonly [number, number])[] = [];
  for (const stride of stridesOf(n, most))
    for (let i = 0; i < n; i++)
      if (2 * stride !== n || i < stride) pairs.push([i, (i + stride) % n]);
  return pairs;
}

/**
 * Distances in the list, seen as a ring: distances from 1 to half its length give every pair once.
 */
function stridesOf(n: number, most: number): number[] {
  const furthest = Math.floor(n / 2);
  const wanted = (n * (n - 1)) / 2 <= most ? furthest : Math.max(1, Math.floor(most / n));
  return Array.from({ length: wanted }, (_, k) => Math.ceil(((k + 0.5) * furthest) / wanted));
}

function newton(pairs: Differences, n: number): number[] {
  let weights = new Array<number>(pairs.n_features).fill(0);
  for (let step = 0; step < MOST_STEPS; step++) {
    const { gradient, curvature } = derivatives(pairs, weights, n / pairs.answers.length);
    const change = new CholeskyDecomposition(curvature)
      .solve(Matrix.columnVector(gradient))
      .to1DArray();
    weights = weights.map((value, k) => value + (change[k] ?? NaN));
    if (change.every((value) => Math.abs(value) < 1e-9)) return weights;
  }
  throw new Error(
    `The pairwise model did not converge in ${MOST_STEPS} steps. This is a bug in foretune.`,
  );
}

/**
 * Gradient and curvature of the penalized log-likelihood; the curvature is minus the second
 * derivative.
 */
function derivatives(
  { n_features, values, answers }: Differences,
  weights: readonly number[],
  weight: number,
): { gradient: number[]; curvature: Matrix } {
  const gradient = Float64Array.from(weights, (value) => -PENALTY * value);
  const lower = new Float64Array(n_features * n_features);
  for (let row = 0; row < answers.length; row++) {
    const start = row * n_features;
    let logit = 0;
    for (let k = 0; k < n_features; k++)
      logit += (weights[k] as number) * (values[start + k] as number);
    const p = sigmoid(logit);
    const miss = weight * ((answers[row] as number) - p);
    const slope = weight * p * (1 - p);
    for (let k = 0; k < n_features; k++) {
      const value = values[start + k] as number;
      gradient[k] = (gradient[k] as number) + miss * value;
      for (let m = 0; m <= k; m++)
        lower[k * n_features + m] =
          (lower[k * n_features + m] as number) + slope * value * (values[start + m] as number);
    }
  }
  const curvature = Matrix.eye(n_features, n_features, PENALTY);
  for (let k = 0; k < n_features; k++)
    for (let m = 0; m < n_features; m++) {
      const at = k >= m ? k * n_features + m : m * n_features + k;
      curvature.set(k, m, curvature.get(k, m) + (lower[at] as number));
    }
  return { gradient: [...gradient], curvature };
}
