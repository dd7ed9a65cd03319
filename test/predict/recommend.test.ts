import fc from 'fast-check';
import { SpecError } from '../../src/base/errors';
import { recommendVariants } from '../../src/predict/recommend';
import { simulateBest } from '../../src/predict/simulate-best';
import { indicatorsOf, madeUp, withIndicators, withOutcomes } from './made-up';

const study = madeUp(30);

test('all variants are ranked, the best among the first, with figures of chance', () => {
  const found = recommendVariants(study, 'cms', 5);
  expect(found.ranking.map(({ rank }) => rank)).toEqual(study.variants.map((_, i) => i + 1));
  const scores = found.ranking.map(({ score }) => score);
  expect(scores).toEqual([...scores].sort((x, y) => y - x));
  expect(found.best_so_far).toMatchObject({ of: 30 });
  expect(found.best_so_far.rank).toBeLessThanOrEqual(5);
  expect(found.best_so_far.regret).toBe(0);
  const chances = found.ranking.map(({ p_best }) => p_best);
  expect(chances.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
  const firstFive = chances.slice(0, 5).reduce((sum, p) => sum + p, 0);
  expect(found.p_best_in_top).toBeCloseTo(firstFive, 12);
  expect(found.expected_regret).toBeGreaterThan(0);
});

test("a variant's own outcome, there or not, does not change its score", () => {
  const scoreOf = (changes: Readonly<Record<string, number | null>>) =>
    recommendVariants(withOutcomes(study, changes), 'cms', 5).ranking.find(
      ({ variant_id }) => variant_id === 'v7',
    );
  const score = scoreOf({})?.score;
  for (const outcome of [99, -99]) expect(scoreOf({ v7: outcome })?.score).toBe(score);
  expect(scoreOf({ v7: null })?.score).toBeCloseTo(score ?? NaN, 12);
  expect(scoreOf({ v7: null })?.fine_tuned).toBe(false);
});

test("the outcome of a copy does not change a variant's score", () => {
  const copied = withIndicators(study, 'v9', indicatorsOf(study, 'v3'));
  const scoreAt = (outcome: number) =>
    recommendVariants(withOutcomes(copied, { v9: outcome }), 'cms', 5).ranking.find(
      ({ variant_id }) => variant_id === 'v3',
    )?.score;
  expect(scoreAt(99)).toBe(scoreAt(-99));
});

test('among the first of all variants the best is certain and nothing is lost', () => {
  expect(recommendVariants(study, 'cms', 30)).toMatchObject({
    p_best_in_top: 1,
    expected_regret: 0,
  });
});

test('more to fine-tune never makes it likelier to miss the best', () => {
  const found = [1, 3, 8, 20].map((top) => recommendVariants(study, 'cms', top));
  const risks = found.map((one) => 1 - one.p_best_in_top);
  const regrets = found.map((one) => one.expected_regret);
  expect(risks).toEqual([...risks].sort((x, y) => y - x));
  expect(regrets).toEqual([...regrets].sort((x, y) => y - x));
});

test('the order of rows changes nothing', () => {
  const reversed = { ...study, variants: [...study.variants].reverse() };
  expect(recommendVariants(reversed, 'cms', 5)).toEqual(recommendVariants(study, 'cms', 5));
});

test('a variant that lacks an indicator is left out of the ranking, and named', () => {
  const lacking = withIndicators(study, 'v2', { kshot_cms: null });
  const found = recommendVariants(lacking, 'cms', 5);
  expect(found.ranking).toHaveLength(29);
  expect(found.not_ranked).toEqual([{ variant_id: 'v2', lacks: ['kshot_cms'] }]);
});

test.each([0, 31, 2.5])('the top %d of 30 is refused', (top) => {
  expect(() => recommendVariants(study, 'cms', top)).toThrow(SpecError);
  expect(() => recommendVariants(study, 'cms', top)).toThrow(/from 1 to 30/);
});

test('fewer than eight fine-tuned variants teach too little', () => {
  const few = Object.fromEntries(study.variants.slice(7).map((id) => [id, null]));
  expect(() => recommendVariants(withOutcomes(study, few), 'cms', 5)).toThrow(/7 variants/);
});

test('two variants of one score: either is the best, and half of their gap is lost', () => {
  const even = { score: 0, deviations: [0, 0] };
  const { p_best, p_best_in_top, expected_regret } = simulateBest([even, even], [10, 20], 1);
  expect(p_best[0]).toBeGreaterThan(0.45);
  expect(p_best[0]).toBeLessThan(0.55);
  expect(p_best_in_top).toBe(p_best[0]);
  expect(expected_regret).toBeCloseTo(10 * (1 - p_best_in_top), 9);
});

test('a score that is far ahead is surely the best, wherever the others stand', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { maxLength: 6 }), (rest) => {
      const others = rest.map((score) => ({ score, deviations: [0, 0] }));
      const list = [{ score: 30, deviations: [0, 0] }, ...others];
      expect(simulateBest(list, [1, 2], 1).p_best_in_top).toBe(1);
    }),
    { numRuns: 10 },
  );
});
