import fc from 'fast-check';
import { SpecError } from '../../src/base/errors';
import { errorReduction, pairedDifference } from '../../src/predict/paired-test';
import { arbitraryPairs, flipped, judgeAll, normals } from './judged';

const outcomes = Array.from({ length: 12 }, (_, i) => i);
const right = judgeAll(outcomes, () => 0.2);
const wrong = judgeAll(outcomes, () => 0.7);

test('always right against always wrong: a difference of 1, all errors gone, no doubt', () => {
  expect(pairedDifference(right, wrong)).toMatchObject({
    n_pairs: 66,
    n_variants: 12,
    difference: 1,
    ci_low: 1,
    ci_high: 1,
  });
  expect(pairedDifference(right, wrong).p).toBeLessThan(0.002);
  expect(errorReduction(right, wrong)).toEqual({
    error_rate: 0,
    baseline_error_rate: 1,
    reduction: 1,
    ci_low: 1,
    ci_high: 1,
  });
});

test('a predictor against itself: no difference, p is 1', () => {
  expect(pairedDifference(right, right)).toMatchObject({
    difference: 0,
    ci_low: 0,
    ci_high: 0,
    p: 1,
  });
});

test('wrong on the pairs of 0 alone: a reduction of the errors left over', () => {
  const mostly = judgeAll(outcomes, (i) => (i === 0 ? 1 : 0));
  const { error_rate, reduction, ci_low, ci_high } = errorReduction(mostly, wrong);
  expect(error_rate).toBeCloseTo(11 / 66, 12);
  expect(reduction).toBeCloseTo(1 - 11 / 66, 12);
  expect(ci_low).toBeLessThan(reduction);
  expect(ci_high).toBe(1);
});

test('other pairs, a pair twice, or a baseline without errors are refused in words', () => {
  expect(() => pairedDifference(right, right.slice(1))).toThrow(SpecError);
  expect(() => pairedDifference(right, [...right.slice(1), right[1]!])).toThrow(SpecError);
  expect(() =>
    pairedDifference(
      right,
      judgeAll(outcomes, () => 1, 'other'),
    ),
  ).toThrow(/Only one/);
  expect(() => pairedDifference([], [])).toThrow(SpecError);
  expect(() => errorReduction(wrong, right)).toThrow(SpecError);
});

test('turning the comparison round turns the interval round; the direction of pairs is nothing', () => {
  fc.assert(
    fc.property(arbitraryPairs, (pairs) => {
      const coin = pairs.map((pair) => ({ ...pair, probability: 0.5 }));
      const one = pairedDifference(pairs, coin);
      const other = pairedDifference(coin, flipped([...pairs].reverse()));
      expect(other.difference).toBeCloseTo(-one.difference, 12);
      expect(other.ci_low).toBeCloseTo(-one.ci_high, 12);
      expect(other.ci_high).toBeCloseTo(-one.ci_low, 12);
      expect(other.p).toBeCloseTo(one.p, 12);
    }),
    { numRuns: 20 },
  );
});

test('two predictors of equal worth: a difference is claimed in about one study of twenty', () => {
  const normal = normals(8);
  const claims = Array.from({ length: 100 }, () => {
    const truth = Array.from({ length: 20 }, normal);
    const guess = () => {
      const seen = truth.map((value) => value + normal());
      return judgeAll(truth, (i, j) => (seen[i]! > seen[j]! ? 1 : 0));
    };
    return pairedDifference(guess(), guess()).p < 0.05;
  });
  expect(claims.filter(Boolean).length).toBeLessThanOrEqual(12);
});
