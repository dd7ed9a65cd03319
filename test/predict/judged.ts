/** Judged pairs for tests, and seeded random numbers. */
import fc from 'fast-check';
import { xoroshiro128plus } from 'pure-rand';
import type { Scored } from '../../src/domain/pairs';
import type { JudgedPair } from '../../src/predict/judged-pair';

export function judged(
  a: string,
  b: string,
  probability: number,
  outcomes: readonly [number, number],
  split = 'all',
): JudgedPair {
  return { split, a, b, probability, outcome_a: outcomes[0], outcome_b: outcomes[1] };
}

/**
 * All pairs of variants "0", "1", ... with these outcomes, judged by a function of their indices.
 */
export function judgeAll(
  outcomes: readonly number[],
  probability: (i: number, j: number) => number,
  split = 'all',
): JudgedPair[] {
  return outcomes.flatMap((one, i) =>
    outcomes.slice(i + 1).map((two, k) => {
      const j = i + 1 + k;
      return judged(String(i), String(j), probability(i, j), [one, two], split);
    }),
  );
}

export function flipped(pairs: readonly JudgedPair[]): JudgedPair[] {
  return pairs.map(({ split, a, b, probability, outcome_a, outcome_b }) =>
    judged(b, a, 1 - probability, [outcome_b, outcome_a], split),
  );
}

/**
 * Pairs of 3 to 9 variants with small outcomes, so that ties occur, and probabilities in eighths.
 */
export const arbitraryPairs = fc
  .array(fc.integer({ min: 0, max: 4 }), { minLength: 3, maxLength: 9 })
  .chain((outcomes) =>
    fc
      .array(fc.integer({ min: 0, max: 8 }), { minLength: 36, maxLength: 36 })
      .map((eighths) => judgeAll(outcomes, (i, j) => (eighths[(i * 7 + j) % 36] ?? 0) / 8)),
  );

/** Uniform numbers between 0 and 1. */
export function uniforms(seed: number): () => number {
  const rng = xoroshiro128plus(seed);
  return () => ((rng.unsafeNext() >>> 0) + 0.5) / 2 ** 32;
}

export function normals(seed: number): () => number {
  const uniform = uniforms(seed);
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** All pairs of variants, as a proxy that only compares numbers judges them. */
export function judgeByScore(
  variants: readonly (Scored & { readonly variant_id: string })[],
  split = 'all',
): JudgedPair[] {
  return variants.flatMap((a, i) =>
    variants.slice(i + 1).map((b) => ({
      split,
      a: a.variant_id,
      b: b.variant_id,
      probability: (1 + Math.sign(a.predicted - b.predicted)) / 2,
      outcome_a: a.outcome,
      outcome_b: b.outcome,
    })),
  );
}
