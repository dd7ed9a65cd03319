import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadStudy } from '../../src/study/load-study';
import { NotFoundError, SchemaError, SpecError } from '../../src/base/errors';
import { TINY } from '../support/studies';

let folder: string;
beforeAll(() => void (folder = mkdtempSync(path.join(tmpdir(), 'studies-'))));
afterAll(() => rmSync(folder, { recursive: true }));

/** A study file without imports, so that it may be anywhere. */
function file(name: string, text: string): string {
  const where = path.join(folder, name);
  writeFileSync(where, text);
  return where;
}
const studyFile = (name: string, value: unknown) =>
  file(name, `exports.default = ${JSON.stringify(value)};`);

const IMPORTED = {
  kind: 'imported',
  name: 'published',
  tasks: { cms: { metric: 'accuracy' } },
  table: 'table.csv',
  columns: {
    variant_id: 'id',
    config: {},
    indicators: { inv_ppl_clm: 'ppl' },
    outcomes: { cms: 'cms' },
  },
};

it('loads a study and fills in its defaults', () => {
  const { study, table } = loadStudy(studyFile('tiny.cjs', TINY));
  expect(study).toMatchObject({ name: 'tiny', version: 1, seed: 0 });
  expect(table).toBeNull();
});

it('names a replicate after its seed, and leaves the study alone under its own seed', () => {
  const where = studyFile('tiny.cjs', TINY);
  expect(loadStudy(where, { seed: 7 }).study).toMatchObject({
    name: 'tiny-seed7',
    seed: 7,
  });
  expect(loadStudy(where, { seed: 0 }).study.name).toBe('tiny');
});

it('asks a file that exports a function for as many variants as wanted', () => {
  const text = `exports.default = ({ variants = 2 }) => ({ ...${JSON.stringify(TINY)}, name: 'of-' + variants });`;
  const where = file('open.cjs', text);
  expect(loadStudy(where).study.name).toBe('of-2');
  expect(loadStudy(where, { variants: 7 }).study.name).toBe('of-7');
});

it('refuses a number of variants for a file that lists them', () => {
  const load = () => loadStudy(studyFile('tiny.cjs', TINY), { variants: 3 });
  expect(load).toThrow(SpecError);
  expect(load).toThrow(/has a fixed list of variants and does not accept --variants/);
});

it.each([
  [2, 8],
  [50, 8],
  [1001, 4],
])('noop.ts makes %i variants of %i stages', (variants, stages) => {
  const { study } = loadStudy('studies/noop.ts', { variants });
  expect(study.kind === 'trained' && study.variants).toHaveLength(variants);
  expect(2 + 2 * Object.keys(study.tasks).length).toBe(stages);
});

it('reads the table beside an imported study', () => {
  file('table.csv', 'id,ppl,cms\nA,0.5,2\nB,0.25,1\n');
  const { table } = loadStudy(studyFile('published.cjs', IMPORTED));
  expect(table).toMatch(/^id,ppl,cms/);
});

it('refuses a table that cannot be imported before anything is started', () => {
  file('table.csv', 'id,ppl,cms\nA,0.5,NaN\nB,0.25,1\n');
  const load = () => loadStudy(studyFile('published.cjs', IMPORTED));
  expect(load).toThrow(SchemaError);
  expect(load).toThrow(/variant "A"\), column "cms": "NaN"/);
});

it('refuses another seed for a published table', () => {
  file('table.csv', 'id,ppl,cms\nA,0.5,2\nB,0.25,1\n');
  const load = () => loadStudy(studyFile('published.cjs', IMPORTED), { seed: 1 });
  expect(load).toThrow(/is a published table: it has no seed/);
});

it.each([
  ['studies/nop.ts', 'studies/noop.ts'],
  ['noop', 'studies/noop.ts'],
  ['quikstart.ts', 'studies/quickstart.ts'],
])('"%s", which is not there, may have meant "%s"', (file, meant) => {
  expect(() => loadStudy(file)).toThrow(
    `There is no study file "${file}". Did you mean "${meant}"?`,
  );
});

it('a study file that is not there may have meant one beside it', () => {
  const meant = file('rates.ts', '');
  expect(() => loadStudy(path.join(folder, 'rate.ts'))).toThrow(
    `Did you mean "${path.relative('', meant)}"?`,
  );
});

it('a study file that is like none has no guess', () => {
  expect(() => loadStudy('nothing-like-it.ts')).toThrow(/like-it\.ts"\. The studies that come/);
});

it.each([
  [
    'a missing file',
    () => path.join(folder, 'nowhere.ts'),
    NotFoundError,
    /There is no study file/,
  ],
  [
    'a file without a default export',
    () => file('none.ts', 'export const study = {};'),
    SpecError,
    /default export/,
  ],
  [
    'a folder',
    () => folder,
    SpecError,
    /" is not a file\. Name a study file, e\.g\. studies\/quickstart\.ts/,
  ],
  [
    'a file that does not parse',
    () => file('slip.ts', 'const study = {\n  name: };'),
    SpecError,
    /slip\.ts" cannot be loaded\. /,
  ],
  [
    'a file whose code throws',
    () => file('throws.cjs', '\n\nnull.name;'),
    SpecError,
    /^"\S+throws\.cjs" cannot be loaded\. TypeError: .*null[^]*throws\.cjs:3:\d+$/,
  ],
  [
    'a missing table',
    () => studyFile('lost.cjs', { ...IMPORTED, table: 'lost.csv' }),
    NotFoundError,
    /lost\.csv/,
  ],
  [
    'a wrong study',
    () => studyFile('wrong.cjs', { ...TINY, task: 1 }),
    SpecError,
    /did you mean "tasks"\?/,
  ],
] as const)('refuses %s', (_, where, kind, expected) => {
  const load = () => loadStudy(where());
  expect(load).toThrow(kind);
  expect(load).toThrow(expected);
});
