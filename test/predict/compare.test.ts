import fc from 'fast-check';
import { NotFoundError, SpecError } from '../../src/base/errors';
import { compareVariants, type Comparison } from '../../src/predict/compare';
import type { FeatureTable } from '../../src/predict/feature-table';
import type { Predictor } from '../../src/predict/predictor';
import { indicatorPredictor } from '../../src/predict/predictors/indicator';
import {
  cmsOf,
  indicatorsOf,
  madeUp,
  reversed,
  tableOf,
  withIndicators,
  withOutcomes,
} from './made-up';

const compare = (
  table: FeatureTable,
  a: string,
  b: string,
  predictor?: Predictor,
): Promise<Comparison> => compareVariants(table, cmsOf(table), [a, b], predictor);

const study = madeUp(20);
const HIGH = { inv_ppl_clm: 3, inv_ppl_sc: 3 };
const LOW = { inv_ppl_clm: -3, inv_ppl_sc: -3 };
const clear = withIndicators(withIndicators(study, 'v0', HIGH), 'v1', LOW);

test('a variant that is far ahead in a good indicator is better, and the reason is given', async () => {
  const found = await compare(clear, 'v0', 'v1');
  expect(found.verdict).toBe('a');
  expect(found.p_a_better).toBeGreaterThan(0.9);
  expect(found.ci_low).toBeGreaterThan(0.5);
  expect(found.ci_high).toBeGreaterThan(found.p_a_better);
  expect(['inv_ppl_clm', 'inv_ppl_sc']).toContain(found.decided_by);
  expect(found.n_trained).toBe(18);
  expect(found.evidence.find((one) => one.indicator === 'inv_ppl_sc')).toMatchObject({
    value_a: 3,
    value_b: -3,
    says: 'a',
  });
  expect(found.backtest.n_pairs).toBe(153);
  expect(found.backtest.accuracy).toBeGreaterThan(0.7);
});

test('swapped, everything is turned round and the probabilities sum to exactly 1', async () => {
  const pair = fc.tuple(fc.nat(9), fc.nat(9)).filter(([i, j]) => i !== j);
  await fc.assert(
    fc.asyncProperty(pair, fc.integer({ min: 1, max: 99 }), async ([i, j], seed) => {
      const small = madeUp(10, seed);
      const one = await compare(small, `v${i}`, `v${j}`);
      const other = await compare(small, `v${j}`, `v${i}`);
      expect(one.p_a_better + other.p_a_better).toBe(1);
      expect(one.ci_low + other.ci_high).toBeCloseTo(1, 12);
      expect([one.verdict, other.verdict].sort().join()).toMatch(/^a,b$|^too-close,too-close$/);
      expect(other.decided_by).toBe(one.decided_by);
      expect(one.verdict === 'too-close').toBe(one.ci_low <= 0.5 && one.ci_high >= 0.5);
    }),
    { numRuns: 15 },
  );
});

test('the outcomes of both variants change nothing, and they need none', async () => {
  const expected = await compare(study, 'v3', 'v4');
  for (const changes of [
    { v3: 99, v4: -99 },
    { v3: -99, v4: 99 },
    { v3: null, v4: null },
  ])
    expect(await compare(withOutcomes(study, changes), 'v3', 'v4')).toEqual(expected);
});

test('a copy of either under another name says nothing either', async () => {
  const copied = withIndicators(study, 'v9', indicatorsOf(study, 'v3'));
  const [low, high] = await Promise.all(
    [{ v9: -99 }, { v9: 99 }].map((changes) => compare(withOutcomes(copied, changes), 'v3', 'v4')),
  );
  expect(low).toEqual(high);
  expect(low?.n_trained).toBe(17);
});

test('a variant and its copy are too close, at exactly one half', async () => {
  const copied = withIndicators(study, 'v9', indicatorsOf(study, 'v3'));
  expect(await compare(copied, 'v3', 'v9')).toMatchObject({
    p_a_better: 0.5,
    ci_low: 0.5,
    ci_high: 0.5,
    verdict: 'too-close',
    decided_by: null,
  });
});

test('the order of rows changes nothing', async () => {
  expect(await compare(reversed(study), 'v0', 'v1')).toEqual(await compare(study, 'v0', 'v1'));
});

test('another predictor answers by its own feature alone, and is named', async () => {
  const number = (id: string) => Number(id.slice(1));
  const informative = tableOf(study.variants, { inv_ppl_sc: number, kshot_rag: () => 1 }, number);
  const found = await compare(informative, 'v19', 'v0', indicatorPredictor({ name: 'inv_ppl_sc' }));
  expect(found).toMatchObject({
    predictor: 'inv_ppl_sc',
    features: ['inv_ppl_sc'],
    verdict: 'a',
    decided_by: 'inv_ppl_sc',
  });
  expect(found.evidence).toHaveLength(1);
});

test('an indicator that misleads says next to nothing, and never the opposite', async () => {
  const turned = withOutcomes(
    study,
    Object.fromEntries([...cmsOf(study).outcomes].map(([id, value]) => [id, -value])),
  );
  const found = await compare(turned, 'v0', 'v1', indicatorPredictor({ name: 'inv_ppl_sc' }));
  expect(found.p_a_better).toBeCloseTo(0.5, 4);
});

test('a predictor that does not add up has evidence without contributions', async () => {
  const better = (a: string, b: string) => (a < b ? 0.9 : 0.1);
  const own: Predictor = {
    name: 'own',
    learns: true,
    sees: ({ indicators }) => [...indicators.keys()],
    needs: () => ({ reason: null, variants: new Map() }),
    fit: () => ({ kind: 'pairs', probability: better }),
  };
  const found = await compare(study, 'v0', 'v1', own);
  expect(found).toMatchObject({ verdict: 'a', decided_by: null });
  expect(found.p_a_better).toBeCloseTo(0.9, 12);
  expect(found.evidence.map(({ contribution }) => contribution)).toEqual(Array(5).fill(null));
});

const constant = Object.fromEntries(study.variants.map((id) => [id, 1]));
const untuned = Object.fromEntries(study.variants.map((id) => [id, null]));
test.each<[string, FeatureTable, [string, string], RegExp]>([
  ['too few variants', madeUp(9), ['v0', 'v1'], /7 variants .* at least 8/],
  ['one outcome value', withOutcomes(study, constant), ['v0', 'v1'], /same outcome .*\(1\)/],
  ['no outcomes at all', withOutcomes(study, untuned), ['v0', 'v1'], /nothing to learn/],
  ['no indicators', { ...study, indicators: new Map() }, ['v0', 'v1'], /no indicators/],
  ['a variant with itself', study, ['v0', 'v0'], /with itself/],
  [
    'a missing indicator',
    withIndicators(study, 'v0', { kshot_rag: null }),
    ['v0', 'v1'],
    /"v0" has no kshot_rag/,
  ],
])('%s is refused in words', async (_, table, [a, b], words) => {
  await expect(compare(table, a, b)).rejects.toThrow(SpecError);
  await expect(compare(table, a, b)).rejects.toThrow(words);
});

test('an unknown variant is not found, with the one that may be meant', async () => {
  await expect(compare(study, 'v0', 'v111')).rejects.toThrow(NotFoundError);
  await expect(compare(study, 'V0', 'v1')).rejects.toThrow(/Did you mean "v0"/);
});

test('pure noise: most pairs are too close to call', async () => {
  const noise = madeUp(24, 5, 100);
  const ids = noise.variants.slice(0, 12);
  const found = await Promise.all(ids.map((id, i) => compare(noise, id, ids[(i + 1) % 12]!)));
  const close = found.filter(({ verdict }) => verdict === 'too-close');
  expect(close.length).toBeGreaterThanOrEqual(8);
});
