import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { planFromRecord, recordVariants, type RecipeConfig } from '../../activities/plan';
import { Artifacts } from '../../src/artifacts/artifacts';
import { openDataset } from '../../src/dataset/log';
import { MemoryStore } from '../../src/dataset/memory-store';
import { Studies } from '../../src/dataset/studies';
import { sourceDigest } from '../../src/fingerprint';
import { tinyStudy } from '../support/studies';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'foretune-sources-'));
  for (const name of ['own', 'shared']) {
    mkdirSync(path.join(folder, name));
    write(name, 'first');
  }
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string) => path.join(folder, name);
const write = (name: string, text: string) => writeFileSync(path.join(at(name), 'code.py'), text);

async function recorded(source: RecipeConfig['source']): Promise<string> {
  const store = new MemoryStore();
  const recipes = { jax: { command: [], version: '1', source, environment: {} } };
  const deps = { artifacts: new Artifacts(store), dataset: openDataset(store), recipes };
  return (await planFromRecord(deps, tinyStudy(), null)).recipe.source_digest;
}

it('a plan knows the source of its recipe, in one folder or in several', async () => {
  expect(await recorded(null)).toBe('');
  expect(await recorded(at('own'))).toBe(sourceDigest(at('own')));
  const both = [at('own'), at('shared')];
  const before = await recorded(both);
  expect(await recorded(both)).toBe(before);
  write('shared', 'second');
  expect(await recorded(both)).not.toBe(before);
});

it('the variants of a study that was corrected, and corrected back, are on record as they are now', async () => {
  const store = new MemoryStore();
  const [dataset, studies] = [openDataset(store), new Studies(store)];
  const unused = () => Promise.resolve(true);
  const rates: (number | null | undefined)[] = [];
  const [first, ...others] = tinyStudy().variants;
  if (!first) throw new TypeError('the study has variants');
  for (const lr of [0.1, 0.2, 0.1, 0.1]) {
    const study = tinyStudy({ variants: [{ ...first, lr }, ...others] });
    await recordVariants(dataset, await studies.register(study, null, unused), new Date());
    rates.push((await dataset.newest('variants', 'tiny@1')).get(`${first.id}/pretrain`)?.lr);
  }
  expect(rates).toEqual([0.1, 0.2, 0.1, 0.1]);
  expect(await dataset.version()).toBe(3);
});
