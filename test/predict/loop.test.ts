import fc from 'fast-check';
import { SpecError } from '../../src/base/errors';
import { candidatesOf } from '../../src/predict/candidates';
import type { FeatureTable } from '../../src/predict/feature-table';
import { nextVariants, startValues, type LoopPolicy } from '../../src/predict/loop';
import { indicatorPredictor } from '../../src/predict/predictors/indicator';
import { pairwise } from '../../src/predict/predictors/pairwise';
import { loopOrder, regretsOf, replayLoop } from '../../src/predict/replay';
import { cmsOf, madeUp, reversed, tableOf, withIndicators, withOutcomes } from './made-up';

const SETTINGS = { batch: 4, explore: 0.25, seeds: 5 };
const PLAIN = { batch: 4, explore: 0, seed: 0 };

const replay = (table: FeatureTable, settings = SETTINGS) =>
  replayLoop(table, cmsOf(table), settings);
const replayed = (table: FeatureTable, predictor = pairwise) => ({
  predictor,
  candidates: candidatesOf(table, cmsOf(table), predictor),
  start: startValues(table, [cmsOf(table).indicator]),
});
const orderOf = (table: FeatureTable, policy: LoopPolicy, known = table.variants) =>
  loopOrder(replayed(table), known, policy);
const picksOf = (
  table: FeatureTable,
  trained: readonly string[],
  policy: LoopPolicy,
  predictor = pairwise,
) => {
  const untried = table.variants.filter((id) => !trained.includes(id));
  return nextVariants({ ...replayed(table, predictor), trained, untried }, policy);
};
const ids = (list: readonly { readonly variant_id: string }[]) =>
  list.map(({ variant_id }) => variant_id);

/** Indicators named by the test, each as a function of the number of the variant. */
function study(n: number, indicators: Readonly<Record<string, (i: number) => number>>) {
  const variants = Array.from({ length: n }, (_, i) => `v${i}`);
  const numberOf = (id: string) => Number(id.slice(1));
  const columns = Object.entries(indicators).map(
    ([name, valueOf]) => [name, (id: string) => valueOf(numberOf(id))] as const,
  );
  return tableOf(variants, Object.fromEntries(columns), numberOf);
}

test('regrets are what the best is ahead of the best so far', () => {
  expect(regretsOf([3, 1, 5, 4, 9])).toEqual([6, 6, 4, 4, 0]);
});

test('regret never rises and is zero when all are fine-tuned, whatever the order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { minLength: 1, maxLength: 20 }), (outcomes) => {
      const regrets = regretsOf(outcomes);
      expect(regrets).toEqual([...regrets].sort((x, y) => y - x));
      expect(regrets.at(-1)).toBe(0);
    }),
  );
});

test("the task's own indicator, if it orders the variants as their outcomes do, finds the best at once", async () => {
  const table = study(12, { kshot_cms: (i) => i });
  const { curves, best } = await replay(table, { ...SETTINGS, explore: 0 });
  expect(best).toEqual({ variant_id: 'v11', outcome: 11 });
  for (const { policy, until_best } of curves.filter(({ policy }) => policy !== 'random'))
    expect([policy, until_best]).toEqual([policy, 1]);
});

test('a start that misleads is corrected after one round, when another indicator has the right order', async () => {
  const misled = study(20, { kshot_cms: (i) => (7 * i) % 20, inv_ppl_sc: (i) => i });
  const order = await orderOf(misled, PLAIN);
  expect(order.slice(0, 4)).toEqual(['v17', 'v14', 'v11', 'v8']);
  expect(order.slice(4, 8)).toContain('v19');
});

test('every variant is fine-tuned once, and the same seed gives the same order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(1000), fc.integer({ min: 1, max: 7 }), async (seed, batch) => {
      const table = madeUp(13);
      const policy = { batch, explore: 0.5, seed };
      const order = await orderOf(table, policy);
      expect([...order].sort()).toEqual([...table.variants].sort());
      expect(await orderOf(table, policy, [...table.variants].reverse())).toEqual(order);
    }),
    { numRuns: 20 },
  );
});

test('outcomes of variants that are not fine-tuned yet change no choice', async () => {
  const table = madeUp(20);
  const policy = { batch: 5, explore: 0.2, seed: 3 };
  const order = await orderOf(table, policy);
  const outcomes = cmsOf(table).outcomes;
  const later = Object.fromEntries(order.slice(5).map((id) => [id, -(outcomes.get(id) ?? 0)]));
  const again = await orderOf(withOutcomes(table, later), policy);
  expect(again.slice(0, 10)).toEqual(order.slice(0, 10));
  expect(again).not.toEqual(order);
});

test('picks say whether the start, the predictor or chance made them', async () => {
  const table = madeUp(12);
  const same = withOutcomes(table, { v0: 1, v1: 1 });
  const reasons = async (valueOf: FeatureTable, trained: string[], explore: number) =>
    (await picksOf(valueOf, trained, { ...PLAIN, explore })).map(({ reason }) => reason);
  expect(await reasons(table, [], 0)).toEqual(Array(4).fill('start'));
  expect(await reasons(same, ['v0', 'v1'], 0)).toEqual(Array(4).fill('start'));
  expect(await reasons(table, ['v0', 'v1'], 0)).toEqual(Array(4).fill('predictor'));
  expect(await reasons(table, ['v0', 'v1'], 1)).toEqual(Array(4).fill('explore'));
});

test('a predictor that learns nothing chooses from the first round on', async () => {
  const table = study(8, { kshot_cms: (i) => -i, inv_ppl_sc: (i) => i });
  const picks = await picksOf(table, [], PLAIN, indicatorPredictor({ name: 'inv_ppl_sc' }));
  expect(picks).toEqual(
    ['v7', 'v6', 'v5', 'v4'].map((variant_id) => ({ variant_id, reason: 'predictor' })),
  );
});

test("without the task's own indicator the mean of all indicators starts", async () => {
  const table = study(6, { inv_ppl_clm: (i) => i, inv_ppl_sc: (i) => (i === 2 ? 100 : i) });
  expect(ids(await picksOf(table, [], PLAIN)).slice(0, 3)).toEqual(['v2', 'v5', 'v4']);
});

test('fewer variants than a round are all picked, and of none there is none to pick', async () => {
  const table = madeUp(3);
  expect(ids(await picksOf(table, [], PLAIN)).sort()).toEqual(['v0', 'v1', 'v2']);
  expect(await picksOf(table, table.variants, PLAIN)).toEqual([]);
});

test('the order of rows changes no curve, and bands enclose the mean of drawn orders', async () => {
  const table = madeUp(16);
  const found = await replay(table);
  expect(await replay(reversed(table))).toEqual(found);
  expect(found.curves.map(({ policy }) => policy)).toEqual([
    'loop',
    'random',
    'inv_ppl_clm',
    'kshot_cms',
  ]);
  for (const { regret, low, high } of found.curves) {
    expect(regret).toHaveLength(16);
    regret.forEach((value, i) => {
      expect(value).toBeGreaterThanOrEqual((low[i] ?? NaN) - 1e-12);
      expect(value).toBeLessThanOrEqual((high[i] ?? NaN) + 1e-12);
    });
  }
});

test('variants without an outcome or an indicator are left out, and named', async () => {
  const partly = withIndicators(withOutcomes(madeUp(12), { v3: null }), 'v5', { kshot_rag: null });
  expect(await replay(partly)).toMatchObject({ n_variants: 10, left_out: ['v3', 'v5'] });
});

test('a study of one outcome value has no regret to replay', async () => {
  const flat = Object.fromEntries(madeUp(8).variants.map((id) => [id, 1]));
  const replaying = replay(withOutcomes(madeUp(8), flat));
  await expect(replaying).rejects.toThrow(SpecError);
  await expect(replaying).rejects.toThrow(/8 variants .* with 1 different outcomes/);
});
