import { importRows } from '../../src/dataset/import-table';
import { defineStudy } from '../../src/domain/study';
import { SchemaError } from '../../src/base/errors';

const study = defineStudy({
  kind: 'imported',
  name: 'published',
  tasks: ['cms'],
  table: 'table.csv',
  columns: {
    variant_id: 'id',
    config: { objective: 'objective', lr: 'lr' },
    indicators: { inv_ppl_clm: 'ppl' },
    outcomes: { cms: 'cms' },
  },
});
if (study.kind !== 'imported') throw new TypeError('expected an imported study');

const NOW = new Date('2026-01-02T03:04:05.006Z');
const read = (csv: string) => importRows(study, csv, NOW);
const GOOD = 'id,objective,lr,ppl,cms\nA,CLM,1e-4,0.5,60\n"B, second",SC,2.5e-4,0.25,61.5\n';

it('reads each number as it is printed', () => {
  const { variants, indicators, outcomes } = read(GOOD);
  expect(variants.map((row) => [row.variant_id, row.objective, row.lr])).toEqual([
    ['A', 'CLM', 0.0001],
    ['B, second', 'SC', 0.00025],
  ]);
  expect(indicators.map((row) => [row.indicator, row.value])).toEqual([
    ['inv_ppl_clm', 0.5],
    ['inv_ppl_clm', 0.25],
  ]);
  expect(outcomes.map((row) => row.value)).toEqual([60, 61.5]);
  expect(outcomes[0]).toMatchObject({ study: 'published@1', run_id: 'import', recorded_at: NOW });
});

it.each([
  [
    'a NaN',
    GOOD.replace('61.5', 'NaN'),
    /variant "B, second", column "cms": "NaN" is not a finite/,
  ],
  ['an empty cell', GOOD.replace('0.25', ''), /column "ppl": "" is not a finite number/],
  [
    'a missing column',
    GOOD.replace('cms', 'score'),
    /has no column "cms"; it has id, objective, lr, ppl, score/,
  ],
  ['a duplicate', GOOD.replace('"B, second"', 'A'), /variant "A" stands twice/],
  ['too few rows', 'id,objective,lr,ppl,cms\nA,CLM,1,1,1\n', /has 1 rows; pairs need at least 2/],
  ['no table', 'id,objective\n"A,', /is not a CSV table/],
])('refuses %s, naming where it stands', (_, csv, expected) => {
  expect(() => read(csv)).toThrow(SchemaError);
  expect(() => read(csv)).toThrow(expected);
});
