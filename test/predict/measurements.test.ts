import { measure } from '../../src/predict/measurements';
import { indicatorRow, outcomeRow, rowsOf, variantRow } from './rows';

const EMPTY = { variants: [], indicators: [], outcomes: [] };
const two = [variantRow('a'), variantRow('b')];

test('measure, no rows: no variants, indicators or outcomes', () => {
  expect(measure(EMPTY)).toEqual({ variants: [], indicators: new Map(), outcomes: new Map() });
});

test('an outcome over seeds is their mean', () => {
  const outcomes = [0.2, 0.4, 0.9].map((value, seed) => outcomeRow('a', 'cms', value, { seed }));
  const { outcomes: measured } = measure({ ...EMPTY, variants: two, outcomes });
  expect(measured.get('cms')?.get('a')).toBeCloseTo(0.5, 12);
  expect(measured.get('cms')?.has('b')).toBe(false);
});

test('an outcome over datasets counts each once, and a variant that lacks one has none', () => {
  const outcomes = [
    outcomeRow('a', 'cms', 0.2, { dataset: 'boolq', seed: 0 }),
    outcomeRow('a', 'cms', 0.4, { dataset: 'boolq', seed: 1 }),
    outcomeRow('a', 'cms', 0.9, { dataset: 'piqa' }),
    outcomeRow('b', 'cms', 0.9, { dataset: 'piqa' }),
  ];
  const measured = measure({ ...EMPTY, variants: two, outcomes }).outcomes.get('cms');
  expect(measured?.get('a')).toBeCloseTo(0.6, 12);
  expect(measured?.has('b')).toBe(false);
});

test('of several metrics accuracy is the outcome, whatever stands first', () => {
  const outcomes = [
    outcomeRow('a', 'cms', 0.1, { metric: 'nll' }),
    outcomeRow('a', 'cms', 0.7, { metric: 'accuracy' }),
    outcomeRow('a', 'rag', 0.3, { metric: 'f1' }),
  ];
  const measured = measure({ ...EMPTY, variants: two, outcomes }).outcomes;
  expect(measured.get('cms')?.get('a')).toBe(0.7);
  expect(measured.get('rag')?.get('a')).toBe(0.3);
});

test('a run that was measured again counts with its newest attempt', () => {
  const indicators = [
    indicatorRow('a', 'kshot_rag', 2, { attempt: 2 }),
    indicatorRow('a', 'kshot_rag', 1, { attempt: 1 }),
  ];
  const outcomes = [
    outcomeRow('a', 'cms', 0.1, { attempt: 1 }),
    outcomeRow('a', 'cms', 0.2, { attempt: 2 }),
  ];
  const measured = measure({ variants: two, indicators, outcomes });
  expect(measured.indicators.get('kshot_rag')?.get('a')).toBe(2);
  expect(measured.outcomes.get('cms')?.get('a')).toBe(0.2);
});

test('an indicator is its value over all domains, not that of one', () => {
  const indicators = [
    indicatorRow('a', 'inv_ppl_clm', 0.3),
    indicatorRow('a', 'inv_ppl_clm', 0.9, { domain: 'code' }),
  ];
  const measured = measure({ ...EMPTY, variants: two, indicators }).indicators;
  expect(measured.get('inv_ppl_clm')).toEqual(new Map([['a', 0.3]]));
});

test('the shared checkpoint is not compared, a published variant called "base" is', () => {
  const rows = rowsOf('kshot_rag', [[1, 1]]);
  const shared = { ...rows, variants: [...rows.variants, variantRow('base')] };
  expect(measure(shared).variants).toEqual(['0']);
  const published = [...rows.variants, variantRow('base', { run_id: 'import' })];
  expect(measure({ ...rows, variants: published }).variants).toEqual(['0', 'base']);
});

test('measurements of what is not a variant of the study do not count', () => {
  const rows = rowsOf('kshot_rag', [[1, 1]]);
  const stray = { ...rows, indicators: [...rows.indicators, indicatorRow('x', 'kshot_rag', 9)] };
  expect(measure(stray).indicators.get('kshot_rag')).toEqual(new Map([['0', 1]]));
});
