import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { readRecipeTable } from '../../src/dataset/arrow';
import { SchemaError } from '../../src/base/errors';
import { runPython } from '../support/python';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'foretune-tables-'));
  await runPython('test/dataset/write_recipe_tables.py', [folder]);
});
afterAll(() => rm(folder, { recursive: true }));

const bytesOf = (name: string) => readFile(path.join(folder, `${name}.arrow`));

const ROWS = [
  { indicator: 'inv_ppl_clm', domain: null, value: 0.5, stderr: null, n: 3 },
  { indicator: 'größe 🧪', domain: 'prose', value: -0.25, stderr: 0.125, n: null },
];

it.each([
  'plain',
  'stream',
  'dictionary',
  'large-text',
  'text-views',
  'int64',
  'uint8',
  'whole-floats',
  'float32',
  'reordered',
  'two-batches',
  'polars',
  'polars-categories',
])('the same rows are read from a table written as "%s"', async (name) => {
  expect(readRecipeTable(await bytesOf(name), 'indicators')).toEqual(ROWS);
});

it('a column that may be null may be missing', async () => {
  const rows = ROWS.map((row) => ({ ...row, stderr: null, n: null }));
  expect(readRecipeTable(await bytesOf('known-columns'), 'indicators')).toEqual(rows);
});

it.each(['empty', 'empty-stream'])('the table "%s" has no rows', async (name) => {
  expect(readRecipeTable(await bytesOf(name), 'indicators')).toEqual([]);
});

it('what is wrong is named with its file, row, column and value', async () => {
  const bytes = await bytesOf('infinity');
  expect(() => readRecipeTable(bytes, 'indicators', 'runs/5b/indicators.arrow')).toThrow(
    'The recipe\'s table "indicators" (runs/5b/indicators.arrow), column "value", row 0: got -Infinity, expected a finite number',
  );
});

it.each([
  ['seconds', '2026-11-23T12:00:00.000Z'],
  ['milliseconds', '2026-11-23T12:00:00.250Z'],
  ['microseconds', '2026-11-23T12:00:00.250Z'],
  ['nanoseconds', '2026-11-23T12:00:00.250Z'],
])('times in %s are read to the millisecond', async (name, expected) => {
  const rows = readRecipeTable(await bytesOf(name), 'runs');
  const [epoch, noon, unknown] = rows.map(({ started_at }) => started_at);
  expect([epoch, noon, unknown]).toEqual([new Date(0), new Date(expected), null]);
  expect(rows[0]).toMatchObject({ stage: 'x', error: null, cost: null, ended_at: null });
});

it.each([
  ['int64-too-large', /column "n", row 1: got 1099511627776, expected a whole number/],
  ['int64-not-a-double', /column "value", row 1: got 9007199254740993n, expected a finite/],
  ['half-a-count', /column "n", row 1: got 2.5, expected a whole number/],
  ['nan', /column "value", row 1: got NaN/],
  ['infinity', /column "value", row 0: got -Infinity/],
  ['null-value', /column "value", row 1: got null/],
  ['text-for-number', /column "value": Utf8 cannot be converted, expected a finite number/],
  ['number-for-text', /column "domain": Int64 cannot be converted, expected a string/],
  ['missing-column', /column "value": the column is missing/],
  ['largest', /column "value", row 1: got -1.7976931348623157e\+308, expected a finite/],
  ['one+plain', /holds several Arrow IPC files, one after the other/],
  ['one+empty', /holds several Arrow IPC files/],
  ['empty+one', /holds several Arrow IPC files/],
  ['one-stream+stream', /holds several Arrow IPC streams/],
  ['unknown-column', /has a column "score"/],
  ['identity-column', /has a column "study"/],
  ['column-twice', /has column "value" twice/],
  ['lz4', /compress.* Write it without compression/],
  ['zstd', /compress.* Write it without compression/],
  ['polars-zstd', /compress.* Write it without compression/],
])('a table with the fault "%s" is refused', async (name, expected) => {
  const bytes = await bytesOf(name);
  const read = () => readRecipeTable(bytes, 'indicators');
  expect(read).toThrow(SchemaError);
  expect(read).toThrow(/table "indicators"/i);
  expect(read).toThrow(expected);
});

it('a time finer than a millisecond is refused', async () => {
  const bytes = await bytesOf('too-fine');
  expect(() => readRecipeTable(bytes, 'runs')).toThrow(
    /column "started_at", row 1: got "1500 microseconds/,
  );
});

it.each(['plain', 'stream'])('a "%s" table cut anywhere is refused', async (name) => {
  const bytes = await bytesOf(name);
  for (let length = 0; length < bytes.length; length += 1)
    expect(() => readRecipeTable(bytes.subarray(0, length), 'indicators')).toThrow(SchemaError);
});

it.each([
  ['text', Buffer.from('indicator,value\nclm,0.5\n')],
  ['a Parquet file', Buffer.from('PAR1....PAR1')],
  ['only the signature', Buffer.from('ARROW1')],
  ['zeros', Buffer.alloc(1024)],
])('%s is refused', (_, bytes) => {
  expect(() => readRecipeTable(bytes, 'indicators')).toThrow(SchemaError);
});
