import { duration, formatTable, printObject, printRows } from '../../../src/cli/words/output';
import type { CliContext, OutputFormat } from '../../../src/cli/context';

function capture(format: OutputFormat) {
  const out: string[] = [];
  const context = {
    stdout: (text: string) => void out.push(text),
    format: () => format,
  } as unknown as CliContext;
  return { out, context };
}

const ROWS = [
  { name: 'a', value: 1, when: new Date(0) },
  { name: 'b', value: 0.123456789, when: null },
];

it('prints rows as a table, a JSON array or a line each', () => {
  const text = capture('text');
  printRows(text.context, ROWS);
  expect(text.out[0]?.split('\n')).toEqual([
    'name  value     when',
    'a     1         1970-01-01T00:00:00.000Z',
    'b     0.123457  -',
  ]);
  const json = capture('json');
  printRows(json.context, ROWS);
  expect(JSON.parse(json.out.join(''))).toEqual(JSON.parse(JSON.stringify(ROWS)));
  const lines = capture('jsonl');
  printRows(lines.context, ROWS);
  expect(lines.out.map((line) => JSON.parse(line) as unknown)).toEqual(
    JSON.parse(JSON.stringify(ROWS)),
  );
});

it('prints an empty result as an empty array, not as nothing', () => {
  const json = capture('json');
  printRows(json.context, []);
  expect(json.out).toEqual(['[]']);
});

it('prints an object in words only for text', () => {
  const text = capture('text');
  printObject(text.context, { a: 1 }, () => 'words');
  expect(text.out).toEqual(['words']);
  const line = capture('jsonl');
  printObject(line.context, { a: 1 }, () => 'words');
  expect(line.out).toEqual(['{"a":1}']);
});

it('formats tables without colors or boxes', () => {
  expect(formatTable(['x'], [['1']])).toBe('x\n1');
});

it.each([
  [0.4, '0 s'],
  [59.7, '1 min 0 s'],
  [125, '2 min 5 s'],
  [3599.9, '1 h 0 min'],
  [7260, '2 h 1 min'],
])('%p seconds are %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

it('escapes of control characters take part in the width of a column', () => {
  const table = formatTable(
    ['name', 'value'],
    [
      ['\x1b[2Ja', '1'],
      ['b', '2'],
    ],
  );
  expect(table.split('\n')).toEqual(['name      value', '\\x1b[2Ja  1', 'b         2']);
});
