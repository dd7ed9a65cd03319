import fc from 'fast-check';
import { probabilityOf } from '../../src/predict/predictor';
import { score } from '../../src/predict/score';
import { credit } from '../../src/predict/judged-accuracy';
import type { JudgedPair } from '../../src/predict/judged-pair';

const pair = (changes: Partial<JudgedPair> = {}): JudgedPair => ({
  split: 's',
  a: 'a',
  b: 'b',
  probability: 0.9,
  outcome_a: 2,
  outcome_b: 1,
  ...changes,
});

it.each([
  ['the better variant is likelier', pair(), 1],
  ['the worse one is', pair({ probability: 0.1 }), 0],
  ['neither is', pair({ probability: 0.5 }), 0.5],
  ['neither is better', pair({ outcome_a: 1 }), 0.5],
])('when %s a pair counts %#', (_, judged, agreement) => {
  expect(credit(judged)).toBe(agreement);
});

/** All pairs of n variants, each split naming the better one in `right` of them. */
function splitOf(split: string, n: number, right: number): JudgedPair[] {
  const ids = Array.from({ length: n }, (_, i) => `v${i}`);
  const all = ids.flatMap((a, i) => ids.slice(i + 1).map((b) => ({ a, b })));
  return all.map(({ a, b }, k) => pair({ split, a, b, probability: k < right ? 0.8 : 0.2 }));
}

describe('a score', () => {
  it('is the mean over splits, large or small, with its deviation; pooled it weighs pairs alike', () => {
    const { accuracy, error_rate, pooled_accuracy, std, ...counts } = score([
      ...splitOf('one', 4, 6),
      ...splitOf('two', 3, 0),
      ...splitOf('three', 2, 1),
    ]);
    expect(accuracy).toBeCloseTo(2 / 3, 12);
    expect(error_rate).toBeCloseTo(1 / 3, 12);
    expect(pooled_accuracy).toBeCloseTo(0.7, 12);
    expect(std).toBeCloseTo(Math.sqrt(2 / 9), 12);
    expect(counts).toMatchObject({ n_pairs: 10, n_splits: 3, n_variants: 4 });
  });

  it('has no deviation over one split, and no error when every pair is right', () => {
    expect(score(splitOf('s', 8, 28))).toMatchObject({
      accuracy: 1,
      std: null,
      ci_low: 1,
      ci_high: 1,
      ci_method: 'bootstrap-variants',
    });
  });

  it('of coin throws is an interval around one half, and so for many variants', () => {
    for (const n of [40, 320]) {
      const coins = splitOf('s', n, 0).map((one, k) => ({
        ...one,
        probability: (k * 7919) % 104729 < 52364 ? 0.6 : 0.4,
      }));
      const { accuracy, ci_low, ci_high, ci_method } = score(coins);
      expect(ci_low).toBeLessThan(accuracy);
      expect(ci_high).toBeGreaterThan(accuracy);
      expect(ci_low).toBeLessThan(0.5);
      expect(ci_high).toBeGreaterThan(0.5);
      expect(ci_method).toBe(n > 300 ? 'jackknife-variants' : 'bootstrap-variants');
    }
  });

  it('does not change when pairs are swapped or reordered', () => {
    const turned = ({ a, b, probability, outcome_a, outcome_b, split }: JudgedPair) => ({
      split,
      a: b,
      b: a,
      probability: 1 - probability,
      outcome_a: outcome_b,
      outcome_b: outcome_a,
    });
    const pairs = [...splitOf('one', 6, 9), ...splitOf('two', 5, 3)];
    fc.assert(
      fc.property(fc.shuffledSubarray(pairs, { minLength: pairs.length }), (shuffled) => {
        const [one, two] = [score(pairs), score(shuffled.map(turned))];
        expect(two.accuracy).toBeCloseTo(one.accuracy, 12);
        expect(two.ci_low).toBeCloseTo(one.ci_low, 12);
        expect(two.ci_high).toBeCloseTo(one.ci_high, 12);
      }),
      { numRuns: 5 },
    );
  });

  it('of nothing is an error, not a NaN', () => {
    expect(() => score([])).toThrow(TypeError);
  });
});

test('a score of each variant says which one is better, a tie that nobody knows, or nothing', () => {
  const values = new Map(Object.entries({ a: 2, b: 1, c: 1 }));
  const fitted = { kind: 'values', value: (id: string) => values.get(id) } as const;
  const says = (a: string, b: string) => probabilityOf(fitted, a, b);
  expect([says('a', 'b'), says('b', 'a'), says('b', 'c'), says('a', 'd')]).toEqual([
    1,
    0,
    0.5,
    undefined,
  ]);
});
