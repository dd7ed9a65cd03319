import fc from 'fast-check';
import { SpecError } from '../../src/base/errors';
import { accuracyAgainstCoverage, chooseMargin, decideByOthers } from '../../src/predict/coverage';
import { judgedAccuracy } from '../../src/predict/judged-accuracy';
import { arbitraryPairs, flipped, judged } from './judged';

const right = (probability: number, split = 'all', a = 'a', b = 'b') =>
  judged(a, b, probability, [1, 0], split);

test('surest first: accuracy on the pairs decided so far', () => {
  const pairs = [right(0.9), right(1), right(0.4), right(0.9)];
  expect(accuracyAgainstCoverage(pairs)).toEqual([
    { margin: 0.5, coverage: 0.25, accuracy: 1 },
    { margin: 0.4, coverage: 0.75, accuracy: 1 },
    { margin: expect.closeTo(0.1, 12) as number, coverage: 1, accuracy: 0.75 },
  ]);
});

test('the margin decides as many pairs as the accuracy allows, or none', () => {
  const pairs = [right(0.9), right(0.8), right(0.4)];
  expect(chooseMargin(pairs, 0.9)).toBeCloseTo(0.3, 12);
  expect(chooseMargin(pairs, 0.5)).toBeCloseTo(0.1, 12);
  expect(chooseMargin([right(0.1)], 0.5)).toBeNull();
});

test('a margin is chosen on pairs that share no variant with the judged split', () => {
  // Split y says: at 0.6 all is wrong. So x, which would know better, decides 0.9 alone.
  const x = [right(0.6, 'x', 'a', 'b'), right(0.9, 'x', 'a', 'c')];
  const y = [right(0.9, 'y', 'd', 'e'), right(0.4, 'y', 'd', 'f')];
  const z = [right(0.6, 'z', 'a', 'd')];
  expect(decideByOthers([...x, ...y], 1)).toEqual({
    n_pairs: 4,
    n_decided: 3,
    coverage: 0.75,
    accuracy: 2 / 3,
  });
  expect(() => decideByOthers([...x, ...z], 1)).toThrow(SpecError);
});

test('the curve ends at all pairs and their accuracy, whichever variant is a', () => {
  fc.assert(
    fc.property(arbitraryPairs, (pairs) => {
      const curve = accuracyAgainstCoverage(pairs);
      expect(curve.at(-1)?.coverage).toBe(1);
      expect(curve.at(-1)?.accuracy).toBeCloseTo(judgedAccuracy(pairs).accuracy, 12);
      expect(accuracyAgainstCoverage(flipped([...pairs].reverse()))).toEqual(curve);
    }),
  );
});
