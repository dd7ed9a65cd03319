import { driftBetween } from '../../src/predict/drift';
import type { FeatureTable } from '../../src/predict/feature-table';
import { tableOf } from './made-up';

type Values = Readonly<Record<string, number>>;

function measured(indicator: Values, outcome: Values): FeatureTable {
  const value = (values: Values) => (id: string) => values[id] ?? NaN;
  return tableOf(Object.keys(indicator), { inv_ppl_clm: value(indicator) }, value(outcome));
}

const before = measured({ a: 1, b: 2, c: 3 }, { a: 0.1, b: 0.2, c: 0.3 });
const drift = (after: FeatureTable) => driftBetween(before, after);
const errorOf = async (after: FeatureTable) =>
  (await drift(after)).error_rates.find(({ proxy }) => proxy === 'inv_ppl_clm');

test('the same measurements have not drifted', async () => {
  const same = await drift(before);
  expect(same).toMatchObject({ variants_added: [], variants_gone: [], moved: [], n_flips: 0 });
  expect(await errorOf(before)).toEqual({ task: 'cms', proxy: 'inv_ppl_clm', before: 0, after: 0 });
});

test('an outcome that moved flips the answers about its pairs, and is named as the reason', async () => {
  const after = measured({ a: 1, b: 2, c: 3 }, { a: 0.1, b: 0.35, c: 0.3 });
  const found = await drift(after);
  const move = { variant_id: 'b', before: 0.2, after: 0.35 };
  expect(found.moved).toEqual([{ name: 'outcome cms', n_variants: 1, largest: move }]);
  expect(found.n_flips).toBe(1);
  expect(found.flips).toEqual([
    {
      task: 'cms',
      proxy: 'inv_ppl_clm',
      a: 'b',
      b: 'c',
      before: 'right',
      after: 'wrong',
      because: ['outcome cms of b 0.2 -> 0.35'],
    },
  ]);
  expect(await errorOf(after)).toMatchObject({ before: 0, after: expect.closeTo(1 / 3) as number });
});

test('a tie is an answer of its own', async () => {
  const after = measured({ a: 1, b: 1, c: 3 }, { a: 0.1, b: 0.2, c: 0.3 });
  expect((await drift(after)).flips).toMatchObject([
    { a: 'a', b: 'b', before: 'right', after: 'tied', because: ['inv_ppl_clm of b 2 -> 1'] },
  ]);
});

test('a variant that came or went is named, and is no move and no flip', async () => {
  const after = measured({ a: 1, b: 2, d: 0 }, { a: 0.1, b: 0.2, d: 0.9 });
  expect(await drift(after)).toMatchObject({
    variants_added: ['d'],
    variants_gone: ['c'],
    moved: [],
    n_flips: 0,
  });
  expect(await errorOf(after)).toMatchObject({ before: 0, after: expect.closeTo(2 / 3) as number });
});

test('a proxy without its indicators has no error rate', async () => {
  const lacking = (await drift(before)).error_rates.find(({ proxy }) => proxy === 'mean_of_5');
  expect(lacking).toMatchObject({ before: null, after: null });
});
