import fc from 'fast-check';
import {
  agreedWithOthers,
  agreement,
  countPairs,
  pairwiseAccuracy,
  type Scored,
} from '../../src/domain/pairs';

const number = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.double({ noNaN: true, min: -1e6, max: 1e6 }),
);
const scored = fc.record({ predicted: number, outcome: number });
const variants = fc.array(scored, { minLength: 2, maxLength: 25 });

test.each([
  [{ predicted: 1, outcome: 5 }, { predicted: 2, outcome: 6 }, 1],
  [{ predicted: 1, outcome: 6 }, { predicted: 2, outcome: 5 }, 0],
  [{ predicted: 1, outcome: 5 }, { predicted: 1, outcome: 6 }, 0.5],
  [{ predicted: 1, outcome: 5 }, { predicted: 2, outcome: 5 }, 0.5],
  [{ predicted: 1, outcome: 5 }, { predicted: 1, outcome: 5 }, 0.5],
])('agreement of %j and %j is %d, whichever comes first', (a, b, expected) => {
  expect(agreement(a, b)).toBe(expected);
  expect(agreement(b, a)).toBe(expected);
});

test('accuracy of three variants with one wrong and one tied pair', () => {
  const three = [
    { predicted: 1, outcome: 10 },
    { predicted: 2, outcome: 10 },
    { predicted: 3, outcome: 9 },
  ];
  expect(pairwiseAccuracy(three)).toEqual({ n_pairs: 3, accuracy: 0.5 / 3 });
});

test('accuracy of a proxy that orders every pair rightly is 1, wrongly 0', () => {
  const right = Array.from({ length: 20 }, (_, i) => ({ predicted: i, outcome: i * i }));
  expect(pairwiseAccuracy(right)).toEqual({ n_pairs: 190, accuracy: 1 });
  expect(pairwiseAccuracy(right.map((v) => ({ ...v, predicted: -v.predicted }))).accuracy).toBe(0);
});

test('a constant prediction or a constant outcome decides nothing: one half', () => {
  fc.assert(
    fc.property(variants, number, (list, value) => {
      expect(pairwiseAccuracy(list.map((v) => ({ ...v, predicted: value }))).accuracy).toBe(0.5);
      expect(pairwiseAccuracy(list.map((v) => ({ ...v, outcome: value }))).accuracy).toBe(0.5);
    }),
  );
});

test('a rescaling that keeps the order keeps the accuracy, one that turns it round its complement', () => {
  fc.assert(
    fc.property(variants, (list) => {
      const { accuracy } = pairwiseAccuracy(list);
      const rescaled = (f: (x: number) => number) =>
        pairwiseAccuracy(list.map((v) => ({ ...v, predicted: f(v.predicted) }))).accuracy;
      const ranks = [...new Set(list.map((v) => v.predicted))].sort((a, b) => a - b);
      expect(rescaled((x) => Math.exp(ranks.indexOf(x)))).toBe(accuracy);
      expect(rescaled((x) => -x)).toBeCloseTo(1 - accuracy, 12);
    }),
  );
});

test('the order of variants does not matter', () => {
  fc.assert(
    fc.property(variants, (list) => {
      const { accuracy } = pairwiseAccuracy(list);
      expect(pairwiseAccuracy([...list].reverse()).accuracy).toBeCloseTo(accuracy, 12);
    }),
  );
});

test('accuracy equals a plain count over all ordered pairs', () => {
  fc.assert(
    fc.property(variants, (list) => {
      expect(pairwiseAccuracy(list)).toEqual({
        n_pairs: countPairs(list.length),
        accuracy: slowAccuracy(list),
      });
    }),
  );
});

test('the agreements of each variant are those with every other, exactly', () => {
  fc.assert(
    fc.property(variants, (list) => {
      const plain = list.map((a, i) =>
        list.reduce((sum, b, j) => (i === j ? sum : sum + agreement(a, b)), 0),
      );
      expect([...agreedWithOthers(list)]).toEqual(plain);
    }),
  );
});

test('no variants, one, and a number that is none', () => {
  expect([...agreedWithOthers([])]).toEqual([]);
  expect([...agreedWithOthers([{ predicted: 1, outcome: 1 }])]).toEqual([0]);
  const broken = [
    { predicted: NaN, outcome: 1 },
    { predicted: 1, outcome: 2 },
  ];
  expect(pairwiseAccuracy(broken).accuracy).toBeNaN();
});

/** Straight from the definition: right, wrong and tied pairs, counted with comparisons only. */
function slowAccuracy(list: readonly Scored[]): number {
  let points = 0;
  let pairs = 0;
  list.forEach((a, i) =>
    list.forEach((b, j) => {
      if (i === j) return;
      pairs += 1;
      if (a.predicted === b.predicted || a.outcome === b.outcome) points += 0.5;
      else if (a.predicted > b.predicted === a.outcome > b.outcome) points += 1;
    }),
  );
  return points / pairs;
}
