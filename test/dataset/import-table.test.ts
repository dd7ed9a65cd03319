import { SchemaError } from '../../src/base/errors';
import { importRows } from '../../src/dataset/import-table';
import { defineStudy } from '../../src/domain/study';

const study = defineStudy({
  kind: 'imported',
  name: 'published',
  tasks: { gsm8k: { metric: 'exact_match' }, wer: { metric: 'wer' } },
  indicators: { inv_ppl: {}, loss: {} },
  table: 'table.csv',
  columns: {
    variant_id: 'id',
    config: { data: 'data', lr: 'lr', tied: 'tied', 'weights.web': 'web', 'weights.code': 'code' },
    indicators: { inv_ppl: 'ppl', loss: { value: 'loss', stderr: 'loss_se' } },
    outcomes: {
      gsm8k: [
        { value: 'full', sft_recipe: 'full', n: 'items' },
        { value: 'lora', sft_recipe: 'lora', seed: 3 },
      ],
      wer: 'wer',
    },
  },
});

const NOW = new Date('2026-01-02T03:04:05.006Z');
const read = (csv: string) => importRows(study, csv, NOW);
const HEADER = 'id,data,lr,tied,web,code,ppl,loss,loss_se,full,items,lora,wer';
const GOOD = `${HEADER}
A,pile,1e-4,true,0.5,0.5,0.5,2.5,0.01,60,100,58,0.2
"B, second",c4,2.5e-4,FALSE,1,,0.25,,,,,61.5,0.1
`;

const configurations = (csv: string) =>
  read(csv).variants.map((row) => JSON.parse(row.config_json) as unknown);

it('reads each number as it is printed, and configuration of every kind', () => {
  expect(configurations(GOOD)).toEqual([
    { data: 'pile', lr: 0.0001, tied: true, weights: { web: 0.5, code: 0.5 } },
    { data: 'c4', lr: 0.00025, tied: false, weights: { web: 1 } },
  ]);
});

it('keeps standard errors, counts, SFT recipes and seeds beside values', () => {
  const { indicators, outcomes } = read(GOOD);
  expect(indicators.map((row) => [row.variant_id, row.indicator, row.value, row.stderr])).toEqual([
    ['A', 'inv_ppl', 0.5, null],
    ['A', 'loss', 2.5, 0.01],
    ['B, second', 'inv_ppl', 0.25, null],
  ]);
  const columns = ['variant_id', 'task', 'sft_recipe', 'seed', 'metric', 'value', 'n'] as const;
  expect(outcomes.map((row) => columns.map((column) => row[column]))).toEqual([
    ['A', 'gsm8k', 'full', 0, 'exact_match', 60, 100],
    ['A', 'gsm8k', 'lora', 3, 'exact_match', 58, null],
    ['A', 'wer', 'imported', 0, 'wer', 0.2, null],
    ['B, second', 'gsm8k', 'lora', 3, 'exact_match', 61.5, null],
    ['B, second', 'wer', 'imported', 0, 'wer', 0.1, null],
  ]);
  expect(outcomes[0]).toMatchObject({ study: 'published@1', run_id: 'import', recorded_at: NOW });
});

it('a byte-order mark is skipped, with quotes and without', () => {
  expect(read(`\uFEFF${GOOD}`)).toEqual(read(GOOD));
  expect(read(`\uFEFF${GOOD.replace('id,', '"id",')}`)).toEqual(read(GOOD));
});

const replaced = (from: string, to: string) => GOOD.replace(from, to);

it.each([
  [
    'a NaN',
    replaced('61.5', 'NaN'),
    /line 3 \(variant "B, second"\), column "lora": "NaN" is not a/,
  ],
  ['an infinity', replaced('61.5', 'Infinity'), /column "lora": "Infinity" is not a finite number/],
  ['a stand-in for infinity', replaced('61.5', '1.7976931348623157e+308'), /is too large to be/],
  ['an overflow', replaced('61.5', '1.8e309'), /is too large to be a measurement/],
  [
    'text for a number',
    replaced('61.5', 'n/a'),
    /column "lora": "n\/a" is not a number; write a number/,
  ],
  [
    'text in a column of numbers',
    replaced('2.5e-4', 'high'),
    /"high" is text, in a column of numbers/,
  ],
  ['thousands separators', replaced('2.5e-4', '"50,000"'), /"50,000" has thousands separators/],
  ['a percentage', replaced('61.5', '61.5%'), /"61.5%" is a percentage/],
  [
    'a loss for 1 / perplexity',
    replaced('0.25,,', '2.85,,'),
    /"2.85" is outside \(0, 1\], the range of "inv/,
  ],
  [
    'a negative error',
    replaced('0.01', '-0.01'),
    /"-0.01" is negative; expected a standard error of 0 or more/,
  ],
  [
    'a missing column',
    replaced('lora,', 'lorra,'),
    /outcomes.gsm8k: there is no column "lora"; did you mean "lorra"\?/,
  ],
  ['a header twice', replaced('lora,', 'full,'), /same name twice: "full" \(columns 10 and 12\)/],
  ['a duplicate', replaced('"B, second"', 'A'), /line 3: variant "A" is in line 2 too/],
  ['a missing id', replaced('"B, second"', ''), /line 3, column "id": the id is missing/],
  [
    'too few rows',
    GOOD.split('\n').slice(0, 2).join('\n'),
    /the table has 1 rows, expected at least 2/,
  ],
  ['no table', 'id,data\n"A,', /is not a CSV table/],
])('refuses %s, naming where it is', (_, csv, expected) => {
  expect(() => read(csv)).toThrow(SchemaError);
  expect(() => read(csv)).toThrow(expected);
});

it('names all faults of a table at once', () => {
  const csv = GOOD.replace('61.5', 'NaN').replace('2.5e-4', 'high').replace('0.1\n', 'x\n');
  expect(() => read(csv)).toThrow(/NaN.*high.*"x"|high.*NaN.*"x"/s);
});

it('refuses ids that a study file could not have, with their lines, among the other faults', () => {
  const long = 'x'.repeat(129);
  const csv = `${GOOD.replace('A,pile', '"A\x1b[2J",pile').replace('61.5', 'NaN')}${long},c4,1,true,1,0,,,,,,,\n`;
  expect(() => read(csv)).toThrow(
    /line 2, column "id": "A\\u001b\[2J" cannot be an id; expected.*line 4, column "id": "x{129}" cannot.*NaN/s,
  );
});
