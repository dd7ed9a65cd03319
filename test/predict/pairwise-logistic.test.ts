import fc from 'fast-check';
import { fitPairwise, pairsOf, type PairwiseModel } from '../../src/predict/pairwise-logistic';
import { contributionsOf, logitOf, sigmoid } from '../../src/predict/predictor';

const number = fc.integer({ min: -5, max: 5 });
const variants = fc.array(
  fc.record({ features: fc.tuple(number, number, number), outcome: number }),
  { minLength: 2, maxLength: 14 },
);
const partsOf = ({ place, weights }: PairwiseModel, features: readonly number[]) =>
  place(features).map((z, k) => z * (weights[k] ?? NaN));
const scoreOf = (model: PairwiseModel, features: readonly number[]) =>
  partsOf(model, features).reduce((sum, part) => sum + part, 0);

test('the weight of two variants is where its derivative is zero', () => {
  // Ranks -.25 and .25 times sqrt(12): they differ by z. One pair, counted as two variants.
  const { weights } = fitPairwise([
    { features: [1], outcome: 0 },
    { features: [2], outcome: 1 },
  ]);
  const [w = NaN] = weights;
  const z = Math.sqrt(12) / 2;
  expect(2 * z * (1 - sigmoid(w * z)) - w).toBeCloseTo(0, 8);
});

test('an indicator that orders all variants gets the weight, a constant one none', () => {
  const list = Array.from({ length: 20 }, (_, i) => ({ features: [i, 7, -i], outcome: i }));
  const [rising = NaN, constant, falling = NaN] = fitPairwise(list).weights;
  expect(rising).toBeGreaterThan(1);
  expect(constant).toBeCloseTo(0, 12);
  expect(falling).toBeCloseTo(-rising, 9);
});

test('swapped variants get probabilities that sum to exactly 1', () => {
  fc.assert(
    fc.property(variants, (list) => {
      const model = fitPairwise(list);
      const parts = (id: string) => partsOf(model, list[Number(id)]?.features ?? []);
      const fitted = { kind: 'odds', parts } as const;
      const [one, other] = [logitOf(fitted, '0', '1'), logitOf(fitted, '1', '0')];
      expect(sigmoid(one ?? NaN) + sigmoid(other ?? NaN)).toBe(1);
      expect(contributionsOf(fitted, '0', '0')?.every((value) => value === 0)).toBe(true);
    }),
  );
});

test('a monotone rescaling of a feature, and another order of rows, change no score', () => {
  fc.assert(
    fc.property(variants, (list) => {
      const model = fitPairwise(list);
      const rescaled = (features: readonly number[]) => features.map((x) => Math.exp(x) - 3);
      const other = fitPairwise(
        [...list].reverse().map((one) => ({ ...one, features: rescaled(one.features) })),
      );
      for (const { features } of list)
        expect(scoreOf(other, rescaled(features))).toBeCloseTo(scoreOf(model, features), 7);
    }),
  );
});

test('turning all outcomes round turns all scores round', () => {
  fc.assert(
    fc.property(variants, (list) => {
      const [model, turned] = [
        fitPairwise(list),
        fitPairwise(list.map((one) => ({ ...one, outcome: -one.outcome }))),
      ];
      for (const { features } of list)
        expect(scoreOf(turned, features)).toBeCloseTo(-scoreOf(model, features), 7);
    }),
  );
});

test.each([2, 3, 8, 51])('all pairs of %d variants, each once', (n) => {
  const keys = pairsOf(n).map(([i, j]) => `${Math.min(i, j)} ${Math.max(i, j)}`);
  expect(new Set(keys).size).toBe((n * (n - 1)) / 2);
  expect(keys).toHaveLength((n * (n - 1)) / 2);
});

test('of 400 variants 20,000 pairs at most, each variant in equally many', () => {
  const pairs = pairsOf(400);
  const counts = new Map<number, number>();
  for (const id of pairs.flat()) counts.set(id, (counts.get(id) ?? 0) + 1);
  expect(pairs).toHaveLength(20_000);
  expect([...new Set(counts.values())]).toEqual([100]);
  expect(counts.size).toBe(400);
});
