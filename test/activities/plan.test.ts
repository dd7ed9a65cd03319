import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ClusterEntry } from '../../activities';
import { planFromRecord } from '../../activities/plan';
import type { RecipeConfig } from '../../activities/recipe';
import { Artifacts } from '../../src/artifacts/artifacts';
import { openDataset } from '../../src/dataset/log';
import { MemoryStore } from '../../src/dataset/memory-store';
import type { Plan } from '../../src/domain/plan';
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

function planned(recipe: Partial<RecipeConfig>, at: Partial<ClusterEntry> = {}): Promise<Plan> {
  const store = new MemoryStore();
  const recipes = { jax: { command: [], version: '1', source: null, environment: {}, ...recipe } };
  const clusters = new Map([['local', at as ClusterEntry]]);
  const books = { artifacts: new Artifacts(store), dataset: openDataset(store), clusters, recipes };
  return planFromRecord(books, tinyStudy(), null);
}

async function recorded(source: RecipeConfig['source']): Promise<string> {
  return (await planned({ source })).recipe.source_digest;
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

describe('a recipe whose program is missing', () => {
  const absent = () => ({ command: [at('venv/bin/python'), '-m', 'own'] });
  const setup = 'node infra/setup.mjs --hf';

  it('plans nothing on this machine, and names what sets it up', async () => {
    const message = /"jax" is not set up: .*venv\/bin\/python is missing\. Run: node infra.*--hf/;
    await expect(planned({ ...absent(), setup })).rejects.toThrow(message);
    await expect(planned(absent())).rejects.toThrow(/is missing\. Mend .*temporal\.config\.ts/);
  });

  it('plans nothing on a Slurm cluster whose nodes see what the set-up makes', async () => {
    const wanted = planned({ ...absent(), setup }, { kind: 'slurm', ssh: null });
    await expect(wanted).rejects.toThrow('is not set up');
  });

  it.each<[string, Partial<RecipeConfig>, Partial<ClusterEntry>]>([
    ['of the nodes alone', {}, { kind: 'slurm', ssh: null }],
    ['beyond a login node', { setup }, { kind: 'slurm', ssh: 'me@login' }],
  ])('may be one %s', async (_, own, cluster) => {
    expect((await planned({ ...absent(), ...own }, cluster)).jobs).not.toEqual([]);
  });

  it('is looked for on PATH by the job itself', async () => {
    expect((await planned({ command: ['no-such-program'], setup })).jobs).not.toEqual([]);
  });
});
