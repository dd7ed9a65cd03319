import fc from 'fast-check';
import { accuracyByGap } from '../../src/predict/gap-bins';
import { judgedAccuracy } from '../../src/predict/judged-accuracy';
import { arbitraryPairs, flipped, judged, judgeByScore } from './judged';

test('ten pairs, right on large gaps only: two a bin, smallest gaps first', () => {
  const pairs = Array.from({ length: 10 }, (_, i) => judged('a', 'b', i < 4 ? 0 : 1, [i + 1, 0]));
  expect(accuracyByGap(pairs)).toEqual([
    { gap_low: 1, gap_high: 2, n_pairs: 2, accuracy: 0 },
    { gap_low: 3, gap_high: 4, n_pairs: 2, accuracy: 0 },
    { gap_low: 5, gap_high: 6, n_pairs: 2, accuracy: 1 },
    { gap_low: 7, gap_high: 8, n_pairs: 2, accuracy: 1 },
    { gap_low: 9, gap_high: 10, n_pairs: 2, accuracy: 1 },
  ]);
});

test('no pairs have no bins, and equal gaps share one', () => {
  expect(accuracyByGap([])).toEqual([]);
  const equal = Array.from({ length: 7 }, () => judged('a', 'b', 1, [3, 1]));
  expect(accuracyByGap(equal)).toEqual([{ gap_low: 2, gap_high: 2, n_pairs: 7, accuracy: 1 }]);
});

test('bins hold every pair once, in order of gap, whatever the order and direction of pairs', () => {
  fc.assert(
    fc.property(arbitraryPairs, (pairs) => {
      const bins = accuracyByGap(pairs);
      const total = bins.reduce((sum, bin) => sum + bin.n_pairs * bin.accuracy, 0);
      expect(total / pairs.length).toBeCloseTo(judgedAccuracy(pairs).accuracy, 12);
      expect(bins.reduce((sum, bin) => sum + bin.n_pairs, 0)).toBe(pairs.length);
      bins.slice(1).forEach((bin, i) => expect(bin.gap_low).toBeGreaterThan(bins[i]!.gap_high));
      const again = accuracyByGap(flipped([...pairs].reverse()));
      expect(again.map((bin) => bin.n_pairs)).toEqual(bins.map((bin) => bin.n_pairs));
    }),
  );
});

test('a proxy that only compares judges all pairs of variants', () => {
  const variants = [1, 3, 3].map((predicted, i) => ({
    variant_id: String(i),
    predicted,
    outcome: -i,
  }));
  expect(judgeByScore(variants).map((pair) => pair.probability)).toEqual([0, 0, 0.5]);
  expect(judgedAccuracy(judgeByScore(variants))).toEqual({ n_pairs: 3, accuracy: 0.5 / 3 });
});
