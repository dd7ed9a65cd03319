import type { Row } from '../../src/dataset/tables';
import { featuresOf } from '../../src/predict/features';
import { findFactors, type Factors } from '../../src/report/factors';
import { outcomeRow, variantRow } from '../predict/rows';
import { wordsFor } from '../predict/words';

const factorsOf = (
  variants: readonly Row<'variants'>[],
  outcomes: readonly Row<'outcomes'>[] = [],
): Factors =>
  findFactors(featuresOf(wordsFor('cms', 'rag'), { variants, indicators: [], outcomes }));

/** Two objectives by two rates; one more variant differs in both from "a". */
const square = [
  variantRow('a', { objective: 'clm', lr: 0.001 }),
  variantRow('b', { objective: 'clm', lr: 0.002 }),
  variantRow('c', { objective: 'sc', lr: 0.001 }),
  variantRow('d', { objective: 'sc', lr: 0.002 }),
];

test('a 2 x 2 grid has two factors with two pairs each, and two pairs that differ in both', () => {
  const found = factorsOf(square);
  expect(found).toMatchObject({ n_pairs: 6, pairs_mixed: 2 });
  expect(found.factors).toEqual([
    { name: 'objective', values: ['clm', 'sc'], pairs_alone: 2, accuracies: null },
    { name: 'lr', values: ['1e-3', '2e-3'], pairs_alone: 2, accuracies: null },
  ]);
});

test('what all variants share is no factor', () => {
  const found = factorsOf([variantRow('a'), variantRow('b')]);
  expect(found).toEqual({ factors: [], n_pairs: 1, pairs_mixed: 0 });
});

test('a setting of the configuration counts, a variant without it is "not set"', () => {
  const variants = [variantRow('a', { tag: 1 }), variantRow('b')];
  const [tag] = factorsOf(variants).factors;
  expect(tag).toMatchObject({ name: 'tag', values: ['1', 'not set'], pairs_alone: 1 });
});

test('ids, names and what is nested deeper are no factors; neither are weights beside the mixture', () => {
  const variants = ['a', 'b', 'c'].map((id, i) =>
    variantRow(id, {
      run: `run-${id}`,
      mixture: i ? 'x' : 'y',
      weights: { web: i ? 1 : 0.5, code: i ? 0 : 0.5 },
      deep: { deeper: { id } },
    }),
  );
  expect(factorsOf(variants).factors.map(({ name }) => name)).toEqual(['mixture']);
});

test('a number with three values is judged by how its order agrees with the outcomes', () => {
  const variants = [0.001, 0.002, 0.003].map((lr, i) => variantRow(String(i), { lr }));
  // Pairs (0, 1) and (0, 2) rise with the rate, (1, 2) falls.
  const outcomes = [0.1, 0.9, 0.5].map((value, i) => outcomeRow(String(i), 'cms', value));
  const [lr] = factorsOf(variants, outcomes).factors;
  expect([...(lr?.accuracies ?? [])]).toEqual([['cms', 2 / 3]]);
});
