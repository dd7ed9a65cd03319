import fc from 'fast-check';
import { SpecError } from '../../src/base/errors';
import type { FeatureTable } from '../../src/predict/feature-table';
import { rankPredictor } from '../../src/predict/predictors/rank';
import { recommendVariants } from '../../src/predict/recommend';
import { simulateBest } from '../../src/predict/simulate-best';
import { settingsOf } from '../../src/predict/settings';
import { cmsOf, indicatorsOf, madeUp, reversed, withIndicators, withOutcomes } from './made-up';
import { variantRow } from './rows';

const recommend = (table: FeatureTable, top: number) => recommendVariants(table, cmsOf(table), top);

const study = madeUp(30);

test('all variants are ranked, the best among the first, with figures of chance', async () => {
  const found = await recommend(study, 5);
  expect(found.ranking.map(({ rank }) => rank)).toEqual(study.variants.map((_, i) => i + 1));
  const scores = found.ranking.map(({ score }) => score);
  expect(scores).toEqual([...scores].sort((x, y) => y - x));
  expect(found.best_so_far).toMatchObject({ n_fine_tuned: 30 });
  expect(found.best_so_far.rank).toBeLessThanOrEqual(5);
  expect(found.best_so_far.regret).toBe(0);
  const chances = found.ranking.map(({ p_best }) => p_best);
  expect(chances.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
  const firstFive = chances.slice(0, 5).reduce((sum, p) => sum + p, 0);
  expect(found.p_best_in_top).toBeCloseTo(firstFive, 12);
  expect(found.expected_regret).toBeGreaterThan(0);
});

test("a variant's own outcome, there or not, does not change its score", async () => {
  const scoreOf = async (changes: Readonly<Record<string, number | null>>) =>
    (await recommend(withOutcomes(study, changes), 5)).ranking.find(
      ({ variant_id }) => variant_id === 'v7',
    );
  const score = (await scoreOf({}))?.score;
  for (const outcome of [99, -99]) expect((await scoreOf({ v7: outcome }))?.score).toBe(score);
  const untuned = await scoreOf({ v7: null });
  expect(untuned?.score).toBeCloseTo(score ?? NaN, 12);
  expect(untuned?.fine_tuned).toBe(false);
});

test("the outcome of a copy does not change a variant's score", async () => {
  const copied = withIndicators(study, 'v9', indicatorsOf(study, 'v3'));
  const scoreAt = async (outcome: number) =>
    (await recommend(withOutcomes(copied, { v9: outcome }), 5)).ranking.find(
      ({ variant_id }) => variant_id === 'v3',
    )?.score;
  expect(await scoreAt(99)).toBe(await scoreAt(-99));
});

test('variants without an outcome are ranked beside the others', async () => {
  const some = Object.fromEntries(study.variants.slice(0, 15).map((id) => [id, null]));
  const { ranking, n_trained } = await recommend(withOutcomes(study, some), 5);
  expect(ranking).toHaveLength(30);
  expect(ranking.filter(({ fine_tuned }) => !fine_tuned)).toHaveLength(15);
  expect(n_trained).toBe(15);
});

test('by a setting: its order, whatever the indicators say', async () => {
  const rows = study.variants.map((id, i) => variantRow(id, { lr: (i * 7) % 30 }));
  const table = { ...study, settings: settingsOf(rows) };
  const found = await recommendVariants(table, cmsOf(table), 3, rankPredictor('lr'));
  expect(found).toMatchObject({ predictor: 'rank:lr', features: ['lr'] });
  const order = found.ranking.map(({ variant_id }) => (Number(variant_id.slice(1)) * 7) % 30);
  // A model without the variant's group places it by the same order, at slightly another weight.
  expect(order.slice(0, 3).sort((x, y) => y - x)).toEqual(order.slice(0, 3));
});

test('among the first of all variants the best is certain and nothing is lost', async () => {
  expect(await recommend(study, 30)).toMatchObject({
    p_best_in_top: 1,
    expected_regret: 0,
  });
});

test('more to fine-tune never makes it likelier to miss the best', async () => {
  const found = await Promise.all([1, 3, 8, 20].map((top) => recommend(study, top)));
  const risks = found.map((one) => 1 - one.p_best_in_top);
  const regrets = found.map((one) => one.expected_regret);
  expect(risks).toEqual([...risks].sort((x, y) => y - x));
  expect(regrets).toEqual([...regrets].sort((x, y) => y - x));
});

test('the order of rows changes nothing', async () => {
  expect(await recommend(reversed(study), 5)).toEqual(await recommend(study, 5));
});

test('a variant without an indicator is left out of the ranking, and named', async () => {
  const lacking = withIndicators(study, 'v2', { kshot_cms: null });
  const found = await recommend(lacking, 5);
  expect(found.ranking).toHaveLength(29);
  expect(found.not_ranked).toEqual([{ variant_id: 'v2', missing: ['kshot_cms'] }]);
});

test.each([0, 31, 2.5])('the top %d of 30 is refused', async (top) => {
  await expect(recommend(study, top)).rejects.toThrow(SpecError);
  await expect(recommend(study, top)).rejects.toThrow(/from 1 to 30/);
});

test('fewer than eight fine-tuned variants teach too little', async () => {
  const few = Object.fromEntries(study.variants.slice(7).map((id) => [id, null]));
  await expect(recommend(withOutcomes(study, few), 5)).rejects.toThrow(/7 variants/);
});

test('two variants of one score: either is the best, and half of their gap is lost', () => {
  const even = { score: 0, deviations: [0, 0] };
  const { p_best, p_best_in_top, expected_regret } = simulateBest([even, even], [10, 20], 1);
  expect(p_best[0]).toBeGreaterThan(0.45);
  expect(p_best[0]).toBeLessThan(0.55);
  expect(p_best_in_top).toBe(p_best[0]);
  expect(expected_regret).toBeCloseTo(10 * (1 - p_best_in_top), 9);
});

test('a score that is far ahead is almost certainly the best, whatever the others', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { maxLength: 6 }), (rest) => {
      const others = rest.map((score) => ({ score, deviations: [0, 0] }));
      const list = [{ score: 30, deviations: [0, 0] }, ...others];
      expect(simulateBest(list, [1, 2], 1).p_best_in_top).toBe(1);
    }),
    { numRuns: 10 },
  );
});
