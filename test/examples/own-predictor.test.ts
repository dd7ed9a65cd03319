/** The example of a predictor of one's own, on the example of a table of one's own. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import ownTable from '../../examples/own-table/study';
import { importRows } from '../../src/dataset/import-table';
import { parseStudy } from '../../src/domain/study';
import { wordsOf } from '../../src/domain/words';
import { compareVariants } from '../../src/predict/compare';
import { targetNamed } from '../../src/predict/feature-table';
import { featuresOf } from '../../src/predict/features';
import { ownPredictor } from '../../src/predict/predictors/own';
import { recommendVariants } from '../../src/predict/recommend';
import { ROOT } from '../support/root';

const FOLDER = path.join(ROOT, 'examples');
const study = parseStudy(ownTable);
if (study.kind !== 'imported') throw new TypeError('own-table is an imported study');
const csv = readFileSync(path.join(FOLDER, 'own-table', study.table), 'utf8');
const table = featuresOf(wordsOf(study), importRows(study, csv, new Date(0)));
const gsm8k = targetNamed(table, 'gsm8k');
const predictor = ownPredictor(path.join(FOLDER, 'own-predictor', 'predictor.ts'));

test('it ranks the models that have both scores, those without an outcome too, and names the others', async () => {
  const found = await recommendVariants(table, gsm8k, 3, predictor);
  expect(found.predictor).toBe('scores-and-rate');
  expect(found.features).toEqual(['mmlu', 'mbpp', 'lr']);
  expect(found.ranking.length + found.not_ranked.length).toBe(table.variants.length);
  expect(found.ranking.some(({ fine_tuned }) => !fine_tuned)).toBe(true);
  for (const { lacks } of found.not_ranked) expect(lacks).toEqual(['mbpp']);
});

test('it says which of two models will be better, with a back-test', async () => {
  const { ranking } = await recommendVariants(table, gsm8k, 3, predictor);
  const [a, , , b] = ranking.filter(({ fine_tuned }) => !fine_tuned);
  const found = await compareVariants(
    table,
    gsm8k,
    [a?.variant_id ?? '', b?.variant_id ?? ranking[0]?.variant_id ?? ''],
    predictor,
  );
  expect(found).toMatchObject({ predictor: 'scores-and-rate' });
  expect(found.backtest.n_pairs).toBeGreaterThan(0);
});

test('where none is named all indicators answer, and a loss counts the right way', async () => {
  const found = await recommendVariants(table, gsm8k, 3);
  expect(found.features).toEqual(['mmlu', 'mbpp', 'val_loss']);
  const losses = table.indicators.get('val_loss')?.values ?? new Map<string, number>();
  const sorted = [...losses.values()].sort((x, y) => x - y);
  const best = losses.get(found.ranking[0]?.variant_id ?? '') ?? NaN;
  // Turned round, so that a low loss is a high value.
  expect(best).toBeGreaterThan(sorted[Math.floor(sorted.length / 2)] ?? NaN);
});
