import { noiseOf as noiseOfTable, signalRatio } from '../../src/predict/noise';
import type { StudyRows } from '../../src/predict/measurements';
import { tableOf } from './learning';
import { indicatorRow, outcomeRow, variantRow } from './rows';

const noiseOf = (rows: StudyRows) => noiseOfTable(tableOf(rows));
const variants = [variantRow('a'), variantRow('b')];
const seeds = (id: string, values: readonly number[]) =>
  values.map((value, seed) => outcomeRow(id, 'cms', value, { seed, stderr: 0.03, n: 100 }));

test('an outcome with seeds: spread of the means beside the pooled spread of the seeds', () => {
  const outcomes = [...seeds('a', [1, 2, 3]), ...seeds('b', [5, 6, 7])];
  const [noise] = noiseOf({ variants, indicators: [], outcomes });
  // Means 2 and 6: deviation sqrt(8). Seeds: squares 2 + 2 over 2 + 2 degrees of freedom.
  expect(noise).toMatchObject({ kind: 'outcome', name: 'cms', n_variants: 2, n_seeds: 3 });
  expect(noise?.between).toBeCloseTo(Math.sqrt(8), 12);
  expect(noise?.seeds).toBeCloseTo(1, 12);
  expect(noise && signalRatio(noise)).toBeCloseTo(Math.sqrt(8), 12);
});

test('seeds are pooled by their degrees of freedom', () => {
  const outcomes = [...seeds('a', [1, 3]), ...seeds('b', [5, 5, 5, 5])];
  const [noise] = noiseOf({ variants, indicators: [], outcomes });
  expect(noise?.seeds).toBeCloseTo(Math.sqrt(2 / 4), 12);
});

test('one seed: its spread is unknown and the standard error is used instead', () => {
  const outcomes = [...seeds('a', [0.5]), ...seeds('b', [0.8])];
  const [noise] = noiseOf({ variants, indicators: [], outcomes });
  expect(noise).toMatchObject({ seeds: null, n_seeds: 1, n_items: 100 });
  expect(noise && signalRatio(noise)).toBeCloseTo(Math.sqrt(0.045) / 0.03, 9);
});

test('standard errors of an indicator enter as their root mean square', () => {
  const indicators = [
    indicatorRow('a', 'kshot_cms', 0.2, { stderr: 0.3, n: 10 }),
    indicatorRow('b', 'kshot_cms', 0.4, { stderr: 0.4, n: 20 }),
  ];
  const [noise] = noiseOf({ variants, indicators, outcomes: [] });
  expect(noise?.stderr).toBeCloseTo(Math.sqrt(0.125), 12);
  expect(noise).toMatchObject({ kind: 'indicator', name: 'kshot_cms', n_items: null, n_seeds: 0 });
});

test('without seeds and standard errors the ratio is unknown, and so with one variant', () => {
  const outcomes = ['a', 'b'].map((id, i) => outcomeRow(id, 'cms', i));
  const [bare] = noiseOf({ variants, indicators: [], outcomes });
  const [lone] = noiseOf({ variants, indicators: [], outcomes: seeds('a', [1, 2]) });
  expect([bare, lone].map((noise) => noise && signalRatio(noise))).toEqual([null, null]);
});

test('rows of the shared base are not noise of the study', () => {
  const outcomes = [...seeds('a', [1, 1]), ...seeds('b', [2, 2]), ...seeds('base', [0, 9])];
  const [noise] = noiseOf({ variants, indicators: [], outcomes });
  expect(noise?.seeds).toBe(0);
});
