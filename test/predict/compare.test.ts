import fc from 'fast-check';
import { NotFoundError, SpecError } from '../../src/base/errors';
import { compareVariants } from '../../src/predict/compare';
import type { Measured } from '../../src/predict/measurements';
import { indicatorsOf, madeUp, withIndicators, withOutcomes } from './made-up';

const study = madeUp(20);
const HIGH = { inv_ppl_clm: 3, inv_ppl_sc: 3 };
const LOW = { inv_ppl_clm: -3, inv_ppl_sc: -3 };
const clear = withIndicators(withIndicators(study, 'v0', HIGH), 'v1', LOW);

test('a variant that is far ahead in what tells of the outcome is better, and it is said why', () => {
  const found = compareVariants(clear, 'cms', 'v0', 'v1');
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

test('swapped, everything is turned round and the probabilities sum to exactly 1', () => {
  const pair = fc.tuple(fc.nat(9), fc.nat(9)).filter(([i, j]) => i !== j);
  fc.assert(
    fc.property(pair, fc.integer({ min: 1, max: 99 }), ([i, j], seed) => {
      const small = madeUp(10, seed);
      const one = compareVariants(small, 'cms', `v${i}`, `v${j}`);
      const other = compareVariants(small, 'cms', `v${j}`, `v${i}`);
      expect(one.p_a_better + other.p_a_better).toBe(1);
      expect(one.ci_low + other.ci_high).toBeCloseTo(1, 12);
      expect([one.verdict, other.verdict].sort().join()).toMatch(/^a,b$|^too-close,too-close$/);
      expect(other.decided_by).toBe(one.decided_by);
      expect(one.verdict === 'too-close').toBe(one.ci_low <= 0.5 && one.ci_high >= 0.5);
    }),
    { numRuns: 15 },
  );
});

test('the outcomes of both variants change nothing, and they need none', () => {
  const expected = compareVariants(study, 'cms', 'v3', 'v4');
  for (const changes of [
    { v3: 99, v4: -99 },
    { v3: -99, v4: 99 },
    { v3: null, v4: null },
  ])
    expect(compareVariants(withOutcomes(study, changes), 'cms', 'v3', 'v4')).toEqual(expected);
});

test('a copy of either under another name tells nothing either', () => {
  const copied = withIndicators(study, 'v9', indicatorsOf(study, 'v3'));
  const [low, high] = [{ v9: -99 }, { v9: 99 }].map((changes) =>
    compareVariants(withOutcomes(copied, changes), 'cms', 'v3', 'v4'),
  );
  expect(low).toEqual(high);
  expect(low?.n_trained).toBe(17);
});

test('a variant and its copy are too close, at exactly one half', () => {
  const copied = withIndicators(study, 'v9', indicatorsOf(study, 'v3'));
  expect(compareVariants(copied, 'cms', 'v3', 'v9')).toMatchObject({
    p_a_better: 0.5,
    ci_low: 0.5,
    ci_high: 0.5,
    verdict: 'too-close',
    decided_by: null,
  });
});

test('the order of rows changes nothing', () => {
  const reversed: Measured = { ...study, variants: [...study.variants].reverse() };
  expect(compareVariants(reversed, 'cms', 'v0', 'v1')).toEqual(
    compareVariants(study, 'cms', 'v0', 'v1'),
  );
});

const constant = Object.fromEntries(study.variants.map((id) => [id, 1]));
test.each<[string, Measured, [string, string, string], RegExp]>([
  ['too few variants', madeUp(9), ['cms', 'v0', 'v1'], /7 variants .* at least 8/],
  ['one outcome value', withOutcomes(study, constant), ['cms', 'v0', 'v1'], /same outcome .*\(1\)/],
  ['an unknown task', study, ['cmss', 'v0', 'v1'], /"cmss".*Did you mean "cms"/],
  [
    'no outcomes at all',
    { ...study, outcomes: new Map() },
    ['cms', 'v0', 'v1'],
    /nothing to learn/,
  ],
  ['no indicators', { ...study, indicators: new Map() }, ['cms', 'v0', 'v1'], /no indicators/],
  ['a variant with itself', study, ['cms', 'v0', 'v0'], /with itself/],
  [
    'a missing indicator',
    withIndicators(study, 'v0', { kshot_rag: null }),
    ['cms', 'v0', 'v1'],
    /"v0" lacks kshot_rag/,
  ],
])('%s is refused in words', (_, measured, [task, a, b], words) => {
  expect(() => compareVariants(measured, task, a, b)).toThrow(SpecError);
  expect(() => compareVariants(measured, task, a, b)).toThrow(words);
});

test('an unknown variant is not found, with the one that may be meant', () => {
  expect(() => compareVariants(study, 'cms', 'v0', 'v111')).toThrow(NotFoundError);
  expect(() => compareVariants(study, 'cms', 'V0', 'v1')).toThrow(/Did you mean "v0"/);
});

test('pure noise: most pairs are too close to call', () => {
  const noise = madeUp(24, 5, 100);
  const ids = noise.variants.slice(0, 12);
  const verdicts = ids.map(
    (id, i) => compareVariants(noise, 'cms', id, ids[(i + 1) % 12]!).verdict,
  );
  expect(verdicts.filter((verdict) => verdict === 'too-close').length).toBeGreaterThanOrEqual(8);
});
