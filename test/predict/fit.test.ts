import fc from 'fast-check';
import { EXTRA_INDICATORS, INDICATORS } from '../../src/domain/vocabulary';
import { fitUnsupervised, NO_SPLITS } from '../../src/predict/fit';
import { measure, type StudyRows } from '../../src/predict/measurements';
import { predict, UNSUPERVISED_PROXIES } from '../../src/predict/unsupervised';
import { CONTEXT, indicatorRow, outcomeRow, rowsOf, variantRow } from './rows';

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

function fitOf(rows: StudyRows, proxy: string) {
  return fitUnsupervised(rows, CONTEXT).find((fit) => fit.proxy === proxy);
}

test('a fit is a whole row of the table, the same each time', () => {
  const rows = rowsOf('kshot_rag', [
    [1, 10],
    [2, 30],
    [3, 20],
  ]);
  expect(fitUnsupervised(rows, CONTEXT)).toEqual([
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

test('indicators that no proxy reads, and values by domain, leave a fit as it is', () => {
  const rows = fc.sample(study, { numRuns: 1, seed: 2 })[0] as StudyRows;
  const extra = rows.variants.flatMap(({ variant_id }, i) => [
    ...EXTRA_INDICATORS.map((name) => indicatorRow(variant_id, name, -i)),
    indicatorRow(variant_id, 'neg_bpb', i, { domain: 'code' }),
    indicatorRow(variant_id, 'inv_ppl_clm', -i, { domain: 'code' }),
  ]);
  const more = { ...rows, indicators: [...rows.indicators, ...extra] };
  expect(fitUnsupervised(more, CONTEXT)).toEqual(fitUnsupervised(rows, CONTEXT));
  expect(measure(more).indicators.has('neg_bpb')).toBe(false);
});

test('proxies come in a fixed order, perplexity first, for each task in turn', () => {
  const rows = fc.sample(study, { numRuns: 1, seed: 1 })[0] as StudyRows;
  const fits = fitUnsupervised(
    { ...rows, outcomes: rows.outcomes.flatMap((o) => [o, { ...o, task: 'rag' }]) },
    { ...CONTEXT, tasks: ['rag', 'cms'] },
  );
  const proxies = [...INDICATORS, 'mean_of_5', 'sc+rag', 'sc+rag-clm'];
  expect(fits.map((fit) => [fit.task, fit.proxy])).toEqual(
    ['rag', 'cms'].flatMap((task) => proxies.map((proxy) => [task, proxy])),
  );
});

test('a sum of indicators adds them scaled to [0, 1] over the study', () => {
  const rows: StudyRows = {
    variants: ['a', 'b', 'c'].map((id) => variantRow(id)),
    indicators: [
      ...[10, 20, 15].map((v, i) => indicatorRow('abc'[i] ?? '', 'inv_ppl_sc', v)),
      ...[-1, 1, 1].map((v, i) => indicatorRow('abc'[i] ?? '', 'kshot_rag', v)),
      ...[7, 7, 7].map((v, i) => indicatorRow('abc'[i] ?? '', 'inv_ppl_clm', v)),
    ],
    outcomes: [],
  };
  const sum = UNSUPERVISED_PROXIES.find((proxy) => proxy.name === 'sc+rag-clm');
  expect(sum && predict(sum, measure(rows))).toEqual(
    new Map([
      ['a', 0],
      ['b', 2],
      ['c', 1.5],
    ]),
  );
});

test('a proxy is judged on the variants that have all its indicators and the outcome', () => {
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
  expect(fitOf(partial, 'kshot_rag')).toMatchObject({ n_variants: 2, n_pairs: 1, accuracy: 1 });
  expect(fitOf(partial, 'inv_ppl_sc')).toMatchObject({ n_variants: 2, n_pairs: 1, accuracy: 0 });
  expect(fitOf(partial, 'sc+rag')).toMatchObject({ n_variants: 2 });
  expect(fitOf(partial, 'mean_of_5')).toBeUndefined();
});

test('fewer than two variants, or none with an outcome: no fit', () => {
  expect(fitUnsupervised(rowsOf('kshot_rag', [[1, 1]]), CONTEXT)).toEqual([]);
  const rows = rowsOf('kshot_rag', [
    [1, 1],
    [2, 2],
  ]);
  expect(fitUnsupervised({ ...rows, outcomes: [] }, CONTEXT)).toEqual([]);
  expect(fitUnsupervised(rows, { ...CONTEXT, tasks: ['cbqa'] })).toEqual([]);
});

test('an indicator that is the same everywhere decides half of the pairs', () => {
  const rows = rowsOf('kshot_rag', [
    [5, 1],
    [5, 2],
    [5, 3],
  ]);
  expect(fitOf(rows, 'kshot_rag')).toMatchObject({ accuracy: 0.5, ci_low: 0.5, ci_high: 0.5 });
});

test('every fit: error rate is 1 - accuracy, inside its interval', () => {
  fc.assert(
    fc.property(study, (rows) => {
      for (const fit of fitUnsupervised(rows, CONTEXT)) {
        expect(fit.error_rate).toBe(1 - fit.accuracy);
        expect(fit.ci_low).toBeLessThanOrEqual(fit.accuracy);
        expect(fit.ci_high).toBeGreaterThanOrEqual(fit.accuracy);
        expect(fit.n_pairs).toBe((fit.n_variants * (fit.n_variants - 1)) / 2);
      }
    }),
    { numRuns: 10 },
  );
});

test('a monotone rescaling of an indicator changes no accuracy of it', () => {
  fc.assert(
    fc.property(study, (rows) => {
      const rescaled = rows.indicators.map((row) => ({ ...row, value: 3 + row.value ** 3 / 7 }));
      for (const name of INDICATORS)
        expect(fitOf({ ...rows, indicators: rescaled }, name)).toEqual(fitOf(rows, name));
    }),
    { numRuns: 5 },
  );
});

test('a linear rescaling of any one indicator changes no sum', () => {
  fc.assert(
    fc.property(study, fc.constantFrom(...INDICATORS), (rows, which) => {
      const rescaled = rows.indicators.map((row) =>
        row.indicator === which ? { ...row, value: 4 * row.value - 8 } : row,
      );
      for (const name of ['mean_of_5', 'sc+rag', 'sc+rag-clm'])
        expect(fitOf({ ...rows, indicators: rescaled }, name)).toEqual(fitOf(rows, name));
    }),
    { numRuns: 10 },
  );
});
