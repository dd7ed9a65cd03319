import fc from 'fast-check';
import type { Row } from '../../src/dataset/tables';
import { fitAllPairs, NO_SPLITS } from '../../src/predict/fit';
import { ordersOf } from '../../src/predict/judge';
import { featuresOf } from '../../src/predict/features';
import type { StudyRows } from '../../src/predict/measurements';
import { untrained } from '../../src/predict/predictors/named';
import { tableOf } from './learning';
import { CONTEXT, indicatorRow, outcomeRow, rowsOf, variantRow } from './rows';
import { INDICATORS } from './words';

const number = fc.integer({ min: -4, max: 4 });
const study = fc
  .array(
    fc.record({ indicators: fc.tuple(number, number, number, number, number), outcome: number }),
    {
      minLength: 2,
      maxLength: 9,
    },
  )
  .map((variants): StudyRows => ({
    variants: variants.map((_, i) => variantRow(String(i))),
    indicators: variants.flatMap((v, i) =>
      INDICATORS.map((name, k) => indicatorRow(String(i), name, v.indicators[k] ?? NaN)),
    ),
    outcomes: variants.map((v, i) => outcomeRow(String(i), 'cms', v.outcome)),
  }));

function fits(rows: StudyRows, tasks: readonly string[] = ['cms']): Promise<Row<'fits'>[]> {
  return fitAllPairs(tableOf(rows, tasks), CONTEXT);
}

async function fitOf(rows: StudyRows, proxy: string) {
  return (await fits(rows)).find((fit) => fit.proxy === proxy);
}

test('a fit is a whole row of the table, the same each time', async () => {
  const rows = rowsOf('kshot_rag', [
    [1, 10],
    [2, 30],
    [3, 20],
  ]);
  expect(await fits(rows)).toEqual([
    {
      study: 'made-up@1',
      variant_id: '',
      run_id: 'fit/f00d',
      attempt: 1,
      recorded_at: new Date(0),
      fit_id: 'f00d',
      task: 'cms',
      proxy: 'kshot_rag',
      protocol: 'all-pairs',
      n_variants: 3,
      n_pairs: 3,
      accuracy: 2 / 3,
      error_rate: 1 - 2 / 3,
      ci_low: 0,
      ci_high: 1,
      ci_method: 'bootstrap-variants',
      read_version: 7,
      ...NO_SPLITS,
    },
  ]);
});

test('indicators that the study does not name, and values by domain, leave a fit as it is', async () => {
  const rows = fc.sample(study, { numRuns: 1, seed: 2 })[0] as StudyRows;
  const extra = rows.variants.flatMap(({ variant_id }, i) => [
    indicatorRow(variant_id, 'margin', -i),
    indicatorRow(variant_id, 'inv_ppl_clm', -i, { domain: 'code' }),
  ]);
  const more = { ...rows, indicators: [...rows.indicators, ...extra] };
  expect(await fits(more)).toEqual(await fits(rows));
});

test('predictors come in a fixed order, the order of each setting last, for each task in turn', async () => {
  const rows = fc.sample(study, { numRuns: 1, seed: 1 })[0] as StudyRows;
  const variants = rows.variants.map(({ variant_id }, lr) => variantRow(variant_id, { lr }));
  const outcomes = rows.outcomes.flatMap((o) => [o, { ...o, task: 'rag' }]);
  const found = await fits({ ...rows, variants, outcomes }, ['cms', 'rag']);
  const names = [...INDICATORS, 'mean_of_5', 'sc+rag', 'sc+rag-clm', 'rank:lr'];
  expect(found.map((fit) => [fit.task, fit.proxy])).toEqual(
    ['cms', 'rag'].flatMap((task) => names.map((proxy) => [task, proxy])),
  );
});

test('the order of a setting is judged where variants have it, the higher value first', async () => {
  const { variants, ...rows } = rowsOf('kshot_rag', [
    [1, 3],
    [2, 2],
    [3, 1],
  ]);
  const config = [{ lr: 3 }, { lr: 2 }, {}];
  const some = variants.map(({ variant_id }, i) => variantRow(variant_id, config[i]));
  const found = await fitOf({ ...rows, variants: some }, 'rank:lr');
  expect(found).toMatchObject({ n_variants: 2, accuracy: 1 });
});

test('a sum of indicators adds them scaled to [0, 1] over the study, with their weights', async () => {
  const rows: StudyRows = {
    variants: ['a', 'b', 'c'].map((id) => variantRow(id)),
    indicators: [
      ...[10, 20, 15].map((v, i) => indicatorRow('abc'[i] ?? '', 'inv_ppl_sc', v)),
      ...[-1, 1, 1].map((v, i) => indicatorRow('abc'[i] ?? '', 'kshot_rag', v)),
      ...[7, 7, 7].map((v, i) => indicatorRow('abc'[i] ?? '', 'inv_ppl_clm', v)),
    ],
    outcomes: [],
  };
  const table = tableOf(rows);
  const orders = await ordersOf(untrained(table), table);
  const sum = orders.find(({ predictor }) => predictor.name === 'sc+rag-clm');
  expect([...(sum?.values ?? [])]).toEqual([
    ['a', 0],
    ['b', 2],
    ['c', 1.5],
  ]);
});

test('an indicator of which lower is better names the variant with the lower value', async () => {
  const rows = rowsOf('loss', [
    [3, 1],
    [2, 2],
    [1, 3],
  ]);
  const table = tableOf(rows);
  const words = { ...table.words, indicators: null, proxies: [] };
  const found = await fitAllPairs(featuresOf(words, rows), CONTEXT);
  expect(found).toMatchObject([{ proxy: 'loss', accuracy: 1 }]);
});

test('a proxy is judged on the variants that have all its indicators and the outcome', async () => {
  const rows = rowsOf('kshot_rag', [
    [1, 1],
    [2, 2],
    [3, 3],
    [4, 4],
  ]);
  const partial: StudyRows = {
    variants: rows.variants,
    indicators: [
      ...rows.indicators,
      indicatorRow('0', 'inv_ppl_sc', 5),
      indicatorRow('1', 'inv_ppl_sc', 4),
      indicatorRow('3', 'inv_ppl_sc', 3),
    ],
    outcomes: rows.outcomes.slice(0, 2),
  };
  expect(await fitOf(partial, 'kshot_rag')).toMatchObject({
    n_variants: 2,
    n_pairs: 1,
    accuracy: 1,
  });
  expect(await fitOf(partial, 'inv_ppl_sc')).toMatchObject({
    n_variants: 2,
    n_pairs: 1,
    accuracy: 0,
  });
  expect(await fitOf(partial, 'sc+rag')).toMatchObject({ n_variants: 2 });
  expect(await fitOf(partial, 'mean_of_5')).toBeUndefined();
});

test('fewer than two variants, or none with an outcome: no fit', async () => {
  expect(await fits(rowsOf('kshot_rag', [[1, 1]]))).toEqual([]);
  const rows = rowsOf('kshot_rag', [
    [1, 1],
    [2, 2],
  ]);
  expect(await fits({ ...rows, outcomes: [] })).toEqual([]);
  expect(await fits(rows, ['cbqa'])).toEqual([]);
});

test('an indicator that is the same everywhere decides half of the pairs', async () => {
  const rows = rowsOf('kshot_rag', [
    [5, 1],
    [5, 2],
    [5, 3],
  ]);
  expect(await fitOf(rows, 'kshot_rag')).toMatchObject({
    accuracy: 0.5,
    ci_low: 0.5,
    ci_high: 0.5,
  });
});

test('every fit: error rate is 1 - accuracy, inside its interval', async () => {
  await fc.assert(
    fc.asyncProperty(study, async (rows) => {
      for (const fit of await fits(rows)) {
        expect(fit.error_rate).toBe(1 - fit.accuracy);
        expect(fit.ci_low).toBeLessThanOrEqual(fit.accuracy);
        expect(fit.ci_high).toBeGreaterThanOrEqual(fit.accuracy);
        expect(fit.n_pairs).toBe((fit.n_variants * (fit.n_variants - 1)) / 2);
      }
    }),
    { numRuns: 10 },
  );
});

test('a monotone rescaling of an indicator changes no accuracy of it', async () => {
  await fc.assert(
    fc.asyncProperty(study, async (rows) => {
      const rescaled = rows.indicators.map((row) => ({ ...row, value: 3 + row.value ** 3 / 7 }));
      for (const name of INDICATORS)
        expect(await fitOf({ ...rows, indicators: rescaled }, name)).toEqual(
          await fitOf(rows, name),
        );
    }),
    { numRuns: 5 },
  );
});

test('a linear rescaling of any one indicator changes no sum', async () => {
  await fc.assert(
    fc.asyncProperty(study, fc.constantFrom(...INDICATORS), async (rows, which) => {
      const rescaled = rows.indicators.map((row) =>
        row.indicator === which ? { ...row, value: 4 * row.value - 8 } : row,
      );
      for (const name of ['mean_of_5', 'sc+rag', 'sc+rag-clm'])
        expect(await fitOf({ ...rows, indicators: rescaled }, name)).toEqual(
          await fitOf(rows, name),
        );
    }),
    { numRuns: 10 },
  );
});
