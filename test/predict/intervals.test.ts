import fc from 'fast-check';
import { uniformIntDistribution, xoroshiro128plus, type RandomGenerator } from 'pure-rand';
import { agreement, pairwiseAccuracy, type Scored } from '../../src/domain/pairs';
import { jackknife as jackknifeOf, MOST_BOOTSTRAPPED } from '../../src/predict/resampling';
import { agreedWithOthers } from '../../src/domain/pairs';
import { scoreOrders, type Score } from '../../src/predict/score';

/** Of few variants the interval is the bootstrap's. */
function bootstrap(list: readonly Scored[]): Score {
  const [score] = scoreOrders([list]);
  if (!score) throw new TypeError('one order has one score');
  return score;
}
const jackknife = (list: readonly Scored[]) =>
  jackknifeOf(agreedWithOthers(list), new Float64Array(list.length).fill(list.length - 1));

const number = fc.integer({ min: 0, max: 6 });
const variants = fc.array(fc.record({ predicted: number, outcome: number }), {
  minLength: 2,
  maxLength: 20,
});

test('the bootstrap interval lies in [0, 1] and contains the accuracy', () => {
  fc.assert(
    fc.property(variants, (list) => {
      const { ci_low, ci_high } = bootstrap(list);
      const { accuracy } = pairwiseAccuracy(list);
      expect(ci_low).toBeGreaterThanOrEqual(0);
      expect(ci_high).toBeLessThanOrEqual(1);
      expect(ci_low).toBeLessThanOrEqual(accuracy);
      expect(ci_high).toBeGreaterThanOrEqual(accuracy);
    }),
    { numRuns: 60 },
  );
});

test('turning the prediction round mirrors the interval', () => {
  fc.assert(
    fc.property(variants, (list) => {
      const { ci_low, ci_high } = bootstrap(list);
      const turned = bootstrap(list.map((v) => ({ ...v, predicted: -v.predicted })));
      expect(turned.ci_low).toBeCloseTo(1 - ci_high, 10);
      expect(turned.ci_high).toBeCloseTo(1 - ci_low, 10);
    }),
    { numRuns: 30 },
  );
});

test('the bootstrap equals a plain one that writes every resampled variant and pair out', () => {
  const list = normalPairs(12, 0.5, xoroshiro128plus(3));
  const slow = slowBootstrap(list, 4000);
  const fast = bootstrap(list);
  expect(fast.ci_low).toBeCloseTo(slow.low, 1);
  expect(fast.ci_high).toBeCloseTo(slow.high, 1);
  expect(Math.abs(fast.ci_low - slow.low)).toBeLessThan(0.02);
  expect(Math.abs(fast.ci_high - slow.high)).toBeLessThan(0.02);
});

test('the same variants give the same interval', () => {
  const list = normalPairs(30, 0.4, xoroshiro128plus(1));
  expect(bootstrap(list)).toEqual(bootstrap(list));
});

test('a perfect proxy has no spread, two variants have one pair', () => {
  const perfect = Array.from({ length: 10 }, (_, i) => ({ predicted: i, outcome: i }));
  expect(bootstrap(perfect)).toMatchObject({ ci_low: 1, ci_high: 1 });
  expect(bootstrap(perfect.slice(0, 2))).toMatchObject({ ci_low: 1, ci_high: 1 });
});

test('300 variants are bootstrapped, more get the jackknife, and the two agree', () => {
  const list = normalPairs(MOST_BOOTSTRAPPED + 1, 0.5, xoroshiro128plus(5));
  expect(bootstrap(list)).toMatchObject(jackknife(list));
  expect(bootstrap(list).ci_method).toBe('jackknife-variants');
  const resampled = bootstrap(list.slice(1));
  expect(resampled.ci_method).toBe('bootstrap-variants');
  expect(Math.abs(jackknife(list).ci_low - resampled.ci_low)).toBeLessThan(0.01);
  expect(Math.abs(jackknife(list).ci_high - resampled.ci_high)).toBeLessThan(0.01);
});

test('the jackknife equals leaving out each variant in turn', () => {
  const list = normalPairs(15, 0.3, xoroshiro128plus(9));
  const left = list.map((_, i) => pairwiseAccuracy(list.filter((_v, j) => j !== i)).accuracy);
  const center = left.reduce((a, b) => a + b) / left.length;
  const variance = (14 / 15) * left.reduce((sum, x) => sum + (x - center) ** 2, 0);
  const { accuracy } = pairwiseAccuracy(list);
  expect(jackknife(list).ci_low).toBeCloseTo(accuracy - 1.96 * Math.sqrt(variance), 10);
  expect(jackknife(list).ci_high).toBeCloseTo(accuracy + 1.96 * Math.sqrt(variance), 10);
});

/**
 * For two normal numbers of correlation r the share of concordant pairs is 1/2 + asin(r)/pi. The
 * bounds are the 95% of 120 studies, two standard errors (.02) each way.
 */
test.each([
  [8, 0.5],
  [20, 0],
  [50, -0.5],
])('%d variants of correlation %d: 95%% intervals cover the truth as often as they say', (n, r) => {
  const truth = 0.5 + Math.asin(r) / Math.PI;
  const rng = xoroshiro128plus(42);
  const intervals = Array.from({ length: 120 }, () => bootstrap(normalPairs(n, r, rng)));
  const covering = intervals.filter((i) => i.ci_low <= truth && truth <= i.ci_high);
  expect(covering.length / 120).toBeGreaterThanOrEqual(0.91);
  expect(covering.length / 120).toBeLessThanOrEqual(0.99);
});

function normalPairs(n: number, r: number, rng: RandomGenerator): Scored[] {
  return Array.from({ length: n }, () => {
    const predicted = normal(rng);
    return { predicted, outcome: r * predicted + Math.sqrt(1 - r * r) * normal(rng) };
  });
}

/** Box-Muller. */
function normal(rng: RandomGenerator): number {
  const uniform = () => (rng.unsafeNext() + 0x80000000 + 0.5) / 0x100000000;
  return Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

function slowBootstrap(list: readonly Scored[], resamples: number) {
  let rng: RandomGenerator = xoroshiro128plus(11);
  const accuracies: number[] = [];
  while (accuracies.length < resamples) {
    const drawn = list.map(() => {
      const [i, next] = uniformIntDistribution(0, list.length - 1, rng);
      rng = next;
      return i;
    });
    const agreed = drawn.flatMap((i, a) =>
      drawn.slice(a + 1).flatMap((j) => (i === j ? [] : [agreement(list[i]!, list[j]!)])),
    );
    if (agreed.length) accuracies.push(agreed.reduce((x, y) => x + y) / agreed.length);
  }
  accuracies.sort((a, b) => a - b);
  return {
    low: accuracies[Math.round(0.025 * resamples)]!,
    high: accuracies[Math.round(0.975 * resamples)]!,
  };
}
