/**
 * The interface of predictors, which say which of two variants will be better. A predictor is one
 * file: it declares what it needs, learns from the outcomes of training variants, and then answers
 * about others. It is never given the outcomes of the variants that it predicts.
 */
import type { Features } from './feature-table';
import type { ByVariant } from './measurements';

export type Pair = readonly [a: string, b: string];

export interface Missing {
  /** Why it cannot be used on this study; null if it can. */
  readonly reason: string | null;
  /** Variants that it cannot judge, with what is missing. */
  readonly variants: ReadonlyMap<string, readonly string[]>;
}

/** The data to learn from. */
export interface Sample {
  /** Unique among the samples that are fitted together. */
  readonly id: string;
  readonly features: Features;
  readonly training: readonly string[];
  /** Outcomes of the training variants; higher is better. */
  readonly outcomes: ByVariant;
  /** The pairs to predict. */
  readonly asked: readonly Pair[];
}

export const FEATURE_SETS = ['indicators', 'config', 'both'] as const;
export type FeatureSet = (typeof FEATURE_SETS)[number];

interface About {
  /** Feature -> its share of the importance. */
  readonly importance?: ReadonlyMap<string, number> | undefined;
  /** The predictor that was chosen among several. */
  readonly chosen?: string | undefined;
}

/** An undefined answer means that nothing is known about the variant or pair. */
export type Fitted = About &
  (
    | {
        /** A number for each variant; only their order matters, and higher is better. */
        readonly kind: 'values';
        readonly value: (id: string) => number | undefined;
      }
    | {
        /**
         * Numbers whose difference between two variants is the log-odds that the first is better.
         */
        readonly kind: 'odds';
        readonly parts: (id: string) => readonly number[] | undefined;
      }
    | {
        /** The probability that `a` is better. */
        readonly kind: 'pairs';
        readonly probability: (a: string, b: string) => number | undefined;
      }
  );

export interface Predictor {
  readonly name: string;
  /** False if its answers do not depend on the outcomes of training variants. */
  readonly learns: boolean;
  /**
   * Whether it was chosen with knowledge of the outcomes: then it is never a candidate of a choice.
   */
  readonly chosen_after?: boolean;
  /** For a learner: its own name and its features, as recorded with fits. */
  readonly learner?: { readonly name: string; readonly features: FeatureSet };
  /** The names of its features, for people who read its answers. */
  readonly sees: (features: Features) => readonly string[];
  readonly needs: (features: Features) => Missing;
  readonly fit: (sample: Sample, seed: number) => Fitted | Promise<Fitted>;
}

export const NOTHING_MISSING: Missing = { reason: null, variants: new Map() };

/** Needs a number in each of these columns; a variant without one of them is left out. */
export function missingOf(features: Features, columns: ReadonlyMap<string, ByVariant>): Missing {
  const names = [...columns.keys()];
  const incomplete = features.variants.map(
    (id) => [id, names.filter((name) => !columns.get(name)?.has(id))] as const,
  );
  return {
    reason: null,
    variants: new Map(incomplete.filter(([, missing]) => missing.length > 0)),
  };
}

export function noSense(reason: string): Missing {
  return { reason, variants: new Map() };
}

/** The probability that `a` is better; 0, one half or 1 if only an order is known. */
export function probabilityOf(fitted: Fitted, a: string, b: string): number | undefined {
  if (fitted.kind === 'pairs') return fitted.probability(a, b);
  if (fitted.kind === 'odds') {
    const logit = logitOf(fitted, a, b);
    return logit === undefined ? undefined : sigmoid(logit);
  }
  const [one, two] = [fitted.value(a), fitted.value(b)];
  return one === undefined || two === undefined ? undefined : (1 + Math.sign(one - two)) / 2;
}

/** Lower bound for a probability, so that its log-odds are finite. */
const LEAST_PROBABILITY = 1e-6;

/** The log-odds that `a` is better; changes only its sign when the order is reversed. */
export function logitOf(fitted: Fitted, a: string, b: string): number | undefined {
  if (fitted.kind === 'odds')
    return contributionsOf(fitted, a, b)?.reduce((sum, value) => sum + value, 0);
  const p = probabilityOf(fitted, a, b);
  if (p === undefined) return undefined;
  const [one, two] = [Math.max(LEAST_PROBABILITY, p), Math.max(LEAST_PROBABILITY, 1 - p)];
  return Math.log(one) - Math.log(two);
}

/** The contribution of each part to the log-odds. */
export function contributionsOf(
  { parts }: Extract<Fitted, { kind: 'odds' }>,
  a: string,
  b: string,
): number[] | undefined {
  const [x, y] = [parts(a), parts(b)];
  return x && y && x.map((value, k) => value - (y[k] ?? NaN));
}

/** Sums to exactly 1 with the probability of the reverse order. */
export function sigmoid(logit: number): number {
  const likelier = 1 / (1 + Math.exp(-Math.abs(logit)));
  return logit < 0 ? 1 - likelier : likelier;
}
