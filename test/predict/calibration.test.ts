import fc from 'fast-check';
import { calibrate } from '../../src/predict/calibration';
import { arbitraryPairs, flipped, judgeAll, judged, uniforms } from './judged';

test('four pairs said at 0.8, three of them right: the error is 0.05', () => {
  const pairs = [1, 1, 1, 0].map((won) => judged('a', 'b', 0.8, [won, 1 - won]));
  const { n_pairs, ece, brier, bins } = calibrate(pairs);
  expect(n_pairs).toBe(4);
  expect(ece).toBeCloseTo(0.05, 12);
  expect(brier).toBeCloseTo((3 * 0.04 + 0.64) / 4, 12);
  expect(bins.map(({ n, share_better }) => [n, share_better])).toEqual([
    [4, 0.25],
    [4, 0.75],
  ]);
});

test('a coin is calibrated and gets a Brier score of one quarter; a sure right answer gets 0', () => {
  const coin = calibrate(judgeAll([1, 2, 3, 4], () => 0.5));
  expect([coin.ece, coin.brier]).toEqual([0, 0.25]);
  const sure = calibrate(judgeAll([1, 2, 3, 4], () => 0));
  expect([sure.ece, sure.brier]).toEqual([0, 0]);
});

test('probabilities that are the truth are calibrated, overstated ones are not', () => {
  const uniform = uniforms(4);
  const pairs = Array.from({ length: 20_000 }, () => {
    const truth = uniform();
    const won = uniform() < truth ? 1 : 0;
    return judged('a', 'b', truth, [won, 1 - won]);
  });
  expect(calibrate(pairs).ece).toBeLessThan(0.01);
  const bold = pairs.map((pair) => ({
    ...pair,
    probability: pair.probability > 0.5 ? 0.99 : 0.01,
  }));
  expect(calibrate(bold).ece).toBeGreaterThan(0.2);
});

test('which variant is called a changes nothing, and figures stay in their bounds', () => {
  fc.assert(
    fc.property(arbitraryPairs, (pairs) => {
      const { ece, brier, bins } = calibrate(pairs);
      expect(calibrate(flipped(pairs)).ece).toBeCloseTo(ece, 12);
      expect(calibrate(flipped(pairs)).brier).toBeCloseTo(brier, 12);
      for (const figure of [ece, brier]) expect(figure >= 0 && figure <= 1).toBe(true);
      expect(bins.reduce((sum, bin) => sum + bin.n, 0)).toBe(2 * pairs.length);
    }),
  );
});
