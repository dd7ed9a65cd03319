import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadStudy } from '../../src/cli/load-study';
import { NotFoundError, SchemaError, SpecError } from '../../src/errors';
import { TINY } from '../support/studies';

let folder: string;
beforeAll(() => void (folder = mkdtempSync(path.join(tmpdir(), 'studies-'))));
afterAll(() => rmSync(folder, { recursive: true }));

/** A study file without imports, so that it may stand anywhere. */
function file(name: string, text: string): string {
  const where = path.join(folder, name);
  writeFileSync(where, text);
  return where;
}
const studyFile = (name: string, value: unknown) =>
  file(name, `module.exports = ${JSON.stringify(value)};`);

const IMPORTED = {
  kind: 'imported',
  name: 'published',
  tasks: ['cms'],
  table: 'table.csv',
  columns: {
    variant_id: 'id',
    config: {},
    indicators: { inv_ppl_clm: 'ppl' },
    outcomes: { cms: 'cms' },
  },
};

it('loads a study and fills in its defaults', async () => {
  const { study, table } = await loadStudy(studyFile('tiny.cjs', TINY));
  expect(study).toMatchObject({ name: 'tiny', version: 1, seed: 0 });
  expect(table).toBeNull();
});

it('names a replicate after its seed, and leaves the study alone under its own seed', async () => {
  const where = studyFile('tiny.cjs', TINY);
  expect((await loadStudy(where, { seed: 7 })).study).toMatchObject({
    name: 'tiny-seed7',
    seed: 7,
  });
  expect((await loadStudy(where, { seed: 0 })).study.name).toBe('tiny');
});

it('reads the table beside an imported study', async () => {
  file('table.csv', 'id,ppl,cms\nA,1,2\nB,2,1\n');
  const { table } = await loadStudy(studyFile('published.cjs', IMPORTED));
  expect(table).toMatch(/^id,ppl,cms/);
});

it('refuses a table that cannot be imported before anything is started', async () => {
  file('table.csv', 'id,ppl,cms\nA,1,NaN\nB,2,1\n');
  const load = loadStudy(studyFile('published.cjs', IMPORTED));
  await expect(load).rejects.toThrow(SchemaError);
  await expect(load).rejects.toThrow(/variant "A", column "cms": "NaN"/);
});

it('refuses another seed for a published table', async () => {
  file('table.csv', 'id,ppl,cms\nA,1,2\nB,2,1\n');
  const load = loadStudy(studyFile('published.cjs', IMPORTED), { seed: 1 });
  await expect(load).rejects.toThrow(/is a published table: it has no seed/);
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
] as const)('refuses %s', async (_, where, kind, expected) => {
  const load = loadStudy(where());
  await expect(load).rejects.toThrow(kind);
  await expect(load).rejects.toThrow(expected);
});
