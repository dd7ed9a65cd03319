import { findFactors } from '../../src/report/factors';
import { measure } from '../../src/predict/measurements';
import { outcomeRow, variantRow } from '../predict/rows';

/** Two objectives by two rates; one more variant differs in both from "a". */
const square = [
  variantRow('a', { objective: 'clm', lr: 0.001 }),
  variantRow('b', { objective: 'clm', lr: 0.002 }),
  variantRow('c', { objective: 'sc', lr: 0.001 }),
  variantRow('d', { objective: 'sc', lr: 0.002 }),
];
const NOTHING = measure({ variants: [], indicators: [], outcomes: [] });

test('a 2 x 2 grid has two factors with two pairs each, and two pairs that differ in both', () => {
  const found = findFactors(square, NOTHING, ['cms']);
  expect(found).toMatchObject({ n_pairs: 6, pairs_mixed: 2 });
  expect(found.factors).toEqual([
    { name: 'objective', values: ['clm', 'sc'], pairs_alone: 2, accuracies: null },
    { name: 'lr', values: ['1e-3', '2e-3'], pairs_alone: 2, accuracies: null },
  ]);
});

test('what all variants share is no factor', () => {
  const found = findFactors([variantRow('a'), variantRow('b')], NOTHING, ['cms']);
  expect(found).toEqual({ factors: [], n_pairs: 1, pairs_mixed: 0 });
});

test('a setting of the configuration counts, a variant without it is "not set"', () => {
  const variants = [variantRow('a', { config_json: '{"tag": 1}' }), variantRow('b')];
  const [tag] = findFactors(variants, NOTHING, []).factors;
  expect(tag).toMatchObject({ name: 'tag', values: ['1', 'not set'], pairs_alone: 1 });
});

test('ids and nested settings are no factors', () => {
  const variants = ['a', 'b'].map((id) =>
    variantRow(id, { config_json: JSON.stringify({ id, weights: { world: id } }) }),
  );
  expect(findFactors(variants, NOTHING, []).factors).toEqual([]);
});

test('a number with three values is judged by how its order agrees with the outcomes', () => {
  const variants = [0.001, 0.002, 0.003].map((lr, i) => variantRow(String(i), { lr }));
  // Pairs (0, 1) and (0, 2) rise with the rate, (1, 2) falls.
  const outcomes = [0.1, 0.9, 0.5].map((value, i) => outcomeRow(String(i), 'cms', value));
  const measured = measure({ variants, indicators: [], outcomes });
  const [lr] = findFactors(variants, measured, ['cms', 'rag']).factors;
  expect([...(lr?.accuracies ?? [])]).toEqual([['cms', 2 / 3]]);
});
