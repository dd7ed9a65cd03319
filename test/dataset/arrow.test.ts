import { tableFromIPC, tableToIPC, type TypeMap } from 'apache-arrow';
import fc from 'fast-check';
import { encodeTable, openTable, readTable, rowsOfStudy, rowToJson } from '../../src/dataset/arrow';
import { recipeColumns, schemaOf, typeName, type Column } from '../../src/dataset/arrow-schema';
import { IDENTITY_COLUMNS, TABLE_NAMES, type TableName } from '../../src/dataset/tables';
import { SchemaError } from '../../src/base/errors';
import { NOW, curvePoint, fitRow, outcome } from '../support/dataset';

const CELLS: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  utf8: fc.string({ unit: 'binary' }),
  float64: fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e308, max: 1e308 }),
  int32: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  'timestamp[ms]': fc.date({ noInvalidDate: true }),
  bool: fc.boolean(),
};

function cell({ kind, nullable }: Column): fc.Arbitrary<unknown> {
  const value = CELLS[kind.name];
  if (!value) throw new TypeError(`there are no cells of kind ${kind.name}`);
  return nullable ? fc.option(value, { nil: null }) : value;
}

function rowsOf(table: TableName): fc.Arbitrary<object[]> {
  const { columns } = schemaOf(table);
  const cells = columns.map((column) => [column.name, cell(column)] as const);
  return fc.array(fc.record(Object.fromEntries(cells), { noNullPrototype: true }), {
    maxLength: 12,
  });
}

it('keeps a byte order mark that a string begins with', () => {
  const rows = [outcome({ task: '\uFEFFcms' }), outcome({ task: '\uFEFF' })];
  const read = readTable(encodeTable(rows, 'outcomes').bytes, 'outcomes');
  expect(read.map(({ task }) => task)).toEqual(['\uFEFFcms', '\uFEFF']);
});

describe.each(TABLE_NAMES)('the table "%s"', (table) => {
  it('gives back any rows that it took', () => {
    fc.assert(
      fc.property(rowsOf(table), (rows) => {
        const { bytes, rows: count } = encodeTable(rows, table);
        expect(count).toBe(rows.length);
        expect(readTable(bytes, table)).toEqual(rows);
      }),
      { numRuns: 50 },
    );
  });

  it('gives back the rows of one study alone, wherever they are', () => {
    const studies = fc.array(fc.constantFrom('a@1', 'b@1', 'c@1'), { minLength: 12 });
    fc.assert(
      fc.property(rowsOf(table), studies, (any, names) => {
        const rows = any.map((row, i) => ({ ...row, study: names[i] }));
        const opened = openTable(encodeTable(rows, table).bytes, table, 'The file');
        const own = rows.filter(({ study }) => study === 'b@1');
        expect(rowsOfStudy(opened, table, 'b@1')).toEqual(own);
      }),
      { numRuns: 50 },
    );
  });

  it('counts nulls and bounds every value by its statistics', () => {
    fc.assert(
      fc.property(rowsOf(table), (rows) => {
        const { stats } = encodeTable(rows, table);
        for (const { name } of schemaOf(table).columns) {
          const values = rows.map((row) => (row as Record<string, unknown>)[name]);
          const present = values.filter((value) => value !== null);
          const { nulls, min, max } = stats[name] ?? {};
          expect(nulls).toBe(values.length - present.length);
          if (min === undefined) continue;
          expect(present.filter((one) => precedes(one, min) || precedes(max, one))).toEqual([]);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('has files of plain types only, in the declared order', () => {
    const { fields } = tableFromIPC<TypeMap>(encodeTable([], table).bytes).schema;
    const { columns } = schemaOf(table);
    expect(fields.map(({ name }) => name)).toEqual(columns.map(({ name }) => name));
    expect(fields.map(({ nullable }) => nullable)).toEqual(columns.map((one) => one.nullable));
    for (const { type } of fields)
      expect(['Utf8', 'Float64', 'Int32', 'Bool', 'Timestamp<MILLISECOND>']).toContain(
        typeName(type),
      );
  });

  it('adds the identity columns to those that a recipe writes', () => {
    const written = recipeColumns(table).map(({ name }) => name);
    const all = schemaOf(table).columns.map(({ name }) => name);
    expect([...IDENTITY_COLUMNS, ...written]).toEqual(all);
  });
});

it('a file written before a table got its nullable columns has nulls there', () => {
  const added = ['std', 'n_splits', 'learner', 'features', 'train_task', 'settings_json'];
  const whole = tableFromIPC(encodeTable([fitRow({ learner: 'mlp', std: 0.1 })], 'fits').bytes);
  const old = whole.select(
    whole.schema.fields.map(({ name }) => String(name)).filter((name) => !added.includes(name)),
  );
  const [row] = readTable(tableToIPC(old, 'file'), 'fits');
  expect(row).toEqual(fitRow({ learner: null, std: null }));
});

it('a row without a value of a nullable column has null there', () => {
  const { n: _, ...rest } = outcome();
  expect(readTable(encodeTable([rest], 'outcomes').bytes, 'outcomes')).toEqual([
    outcome({ n: null }),
  ]);
});

describe('a row is refused, with its table, column, number and value, when it has', () => {
  const without = (name: string) => {
    const { [name]: _, ...rest } = { ...outcome() } as Record<string, unknown>;
    return rest;
  };
  it.each<[string, object, RegExp]>([
    ['NaN', outcome({ value: NaN }), /column "value", row 1: got NaN/],
    ['an infinity', outcome({ stderr: -Infinity }), /column "stderr", row 1: got -Infinity/],
    ['a missing column', without('metric'), /column "metric", row 1: got nothing/],

    ['an unknown column', { ...outcome(), score: 1 }, /row 1: there is no column "score"/],
    ['a lone surrogate', outcome({ task: 'a\ud83d' }), /column "task", row 1: got "a\\ud83d"/],
    ['text for a number', { ...outcome(), value: '0.5' }, /column "value", row 1: got "0.5"/],
    ['a number for text', { ...outcome(), task: 7 }, /column "task", row 1: got 7/],
    ['a bigint', { ...outcome(), seed: 7n }, /column "seed", row 1: got 7n/],
    ['a null where none may be', { ...outcome(), seed: null }, /column "seed", row 1: got null/],
    ['half an integer', outcome({ seed: 0.5 }), /column "seed", row 1: got 0.5/],
    ['an integer too large', outcome({ n: 2 ** 31 }), /column "n", row 1: got 2147483648/],
    ['an integer too small', outcome({ n: -(2 ** 31) - 1 }), /row 1: got -2147483649/],
    ['an invalid date', outcome({ recorded_at: new Date(NaN) }), /row 1: got an invalid Date/],
    ['text for a date', { ...outcome(), recorded_at: '2026' }, /"recorded_at", row 1: got "2026"/],
  ])('%s', (_, row, expected) => {
    const encode = () => encodeTable([outcome(), row], 'outcomes');
    expect(encode).toThrow(SchemaError);
    expect(encode).toThrow(/Table "outcomes"/);
    expect(encode).toThrow(expected);
  });
});

describe('a file is refused when', () => {
  const { bytes } = encodeTable([outcome(), outcome({ n: null })], 'outcomes');

  it('it is of another table', () => {
    expect(() => readTable(bytes, 'curves')).toThrow(/"curves" has no column "step"/);
    const curves = encodeTable([curvePoint()], 'curves').bytes;
    expect(() => readTable(curves, 'outcomes')).toThrow(SchemaError);
  });

  it('it was cut anywhere', () => {
    for (let length = 0; length < bytes.length; length += 7)
      expect(() => readTable(bytes.subarray(0, length), 'outcomes')).toThrow(SchemaError);
  });
});

it('JSON shows times in ISO 8601 with milliseconds, and all else as it is', () => {
  expect(rowToJson(outcome({ n: null }))).toEqual({
    ...outcome({ n: null }),
    recorded_at: '2026-11-23T18:00:00.123Z',
  });
  expect(NOW.getMilliseconds()).toBe(123);
});

/** Text by its bytes in UTF-8; a time is compared with its ISO 8601 form. */
function precedes(a: unknown, b: unknown): boolean {
  if (a instanceof Date || b instanceof Date)
    return new Date(a as string).getTime() < new Date(b as string).getTime();
  if (typeof a === 'string' && typeof b === 'string')
    return Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0;
  return Number(a) < Number(b);
}
