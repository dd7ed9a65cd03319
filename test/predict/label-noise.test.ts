import fc from 'fast-check';
import { isResolved, labelNoise as noiseOf, resolvePairs } from '../../src/predict/label-noise';
import type { StudyRows } from '../../src/predict/measurements';
import { studentQuantile } from '../../src/predict/student';
import { arbitraryPairs, judged } from './judged';
import { tableOf } from './learning';
import { outcomeRow, rowsOf, variantRow } from './rows';

const labelNoise = (rows: StudyRows) => noiseOf(tableOf(rows).targets.get('cms') ?? { rows: [] });
const study = (outcomes: ReturnType<typeof outcomeRow>[]) => ({
  variants: ['a', 'b', 'c'].map((id) => variantRow(id)),
  indicators: [],
  outcomes,
});
const seeds = (id: string, ...values: number[]) =>
  values.map((value, seed) => outcomeRow(id, 'cms', value, { seed }));

test('seeds alone: their pooled variance over the number of seeds', () => {
  const noise = labelNoise(study([...seeds('a', 1, 3), ...seeds('b', 5, 7)]));
  expect(noise).toEqual({
    source: 'seeds',
    freedom: 2,
    variances: new Map([
      ['a', 1],
      ['b', 1],
    ]),
  });
});

test('standard errors alone, over two datasets: the variance of their mean', () => {
  const rows = ['x', 'y'].map((dataset) => outcomeRow('a', 'cms', 1, { dataset, stderr: 0.2 }));
  const noise = labelNoise(study(rows));
  expect(noise).toMatchObject({ source: 'stderr', freedom: null });
  expect(noise.variances.get('a')).toBeCloseTo(0.02, 12);
});

test('both are added; neither is reported alone', () => {
  const both = seeds('a', 1, 3).map((row) => ({ ...row, stderr: 0.5 }));
  expect(labelNoise(study(both))).toMatchObject({ source: 'seeds+stderr', freedom: 1 });
  expect(labelNoise(study(both)).variances.get('a')).toBeCloseTo(1.25, 12);
  const none = labelNoise(rowsOf('kshot_rag', [[1, 1]]));
  expect(none.source).toBe('none');
  expect(resolvePairs([judged('a', 'b', 1, [1, 0])], none)).toEqual({
    source: 'none',
    n_pairs: 1,
    unresolved: null,
    n_resolved: null,
    accuracy_resolved: null,
  });
});

test('a pair is resolved beyond 1.96 standard errors of its difference', () => {
  const variances = new Map(['a', 'b', 'c'].map((id) => [id, 0.5]));
  const noise = { source: 'stderr', freedom: null, variances } as const;
  const pairs = [
    judged('a', 'b', 1, [2, 0]),
    judged('a', 'c', 1, [1.9, 3]),
    judged('b', 'c', 0, [0, 3]),
  ];
  expect(pairs.map((pair) => isResolved(pair, noise))).toEqual([true, false, true]);
  expect(resolvePairs(pairs, noise)).toEqual({
    source: 'stderr',
    n_pairs: 3,
    unresolved: expect.closeTo(1 / 3, 12) as number,
    n_resolved: 2,
    accuracy_resolved: 1,
  });
});

test('a tie is never resolved, a variant of unknown noise neither', () => {
  const noise = {
    source: 'stderr',
    freedom: null,
    variances: new Map([
      ['a', 0],
      ['b', 0],
    ]),
  } as const;
  expect(isResolved(judged('a', 'b', 1, [1, 1]), noise)).toBe(false);
  expect(isResolved(judged('a', 'b', 1, [1, 0]), noise)).toBe(true);
  expect(isResolved(judged('a', 'z', 1, [9, 0]), noise)).toBe(false);
});

test('more noise never resolves more pairs', () => {
  fc.assert(
    fc.property(arbitraryPairs, fc.double({ min: 0, max: 3, noNaN: true }), (pairs, variance) => {
      const at = (value: number) => {
        const variances = new Map(
          pairs.flatMap(
            ({ a, b }) =>
              [
                [a, value],
                [b, value],
              ] as const,
          ),
        );
        return resolvePairs(pairs, { source: 'seeds', freedom: 5, variances }).n_resolved ?? NaN;
      };
      expect(at(variance + 0.5)).toBeLessThanOrEqual(at(variance));
    }),
  );
});

// From the tables: t at 97.5%.
test.each([
  [1, 12.706],
  [2, 4.303],
  [3, 3.182],
  [5, 2.571],
  [10, 2.228],
  [49, 2.01],
  [null, 1.96],
])('Student quantile with %s degrees of freedom', (freedom, known) => {
  expect(Math.abs(studentQuantile(freedom) - known)).toBeLessThan(freedom === 3 ? 0.03 : 0.004);
});
