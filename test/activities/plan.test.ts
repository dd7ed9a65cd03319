import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { planFromRecord, recordVariants } from '../../activities/plan';
import type { ClusterEntry } from '../../src/study/clusters';
import type { RecipeConfig } from '../../src/study/recipe';
import { Artifacts } from '../../src/artifacts/artifacts';
import { openDataset } from '../../src/dataset/log';
import { MemoryStore } from '../../src/dataset/memory-store';
import { Studies } from '../../src/books/studies';
import { defineStudy } from '../../src/domain/study';
import type { TrainedStudy } from '../../src/domain/schema';
import type { Plan } from '../../src/domain/plan';
import { sourceDigest } from '../../src/base/fingerprint';
import { TINY_HF } from '../fixtures/studies/tiny-hf';
import { entryOf } from '../support/local-cluster';
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

const ECHO = { command: [], version: '1', source: null, environment: {} };

function plannedBy(
  recipes: Readonly<Record<string, RecipeConfig>>,
  study: TrainedStudy,
  at: Partial<ClusterEntry> = {},
): Promise<Plan> {
  const store = new MemoryStore();
  const clusters = new Map([['local', entryOf(at)]]);
  const books = { artifacts: new Artifacts(store), dataset: openDataset(store), clusters, recipes };
  return planFromRecord(books, study, null);
}

function planned(recipe: Partial<RecipeConfig>, at: Partial<ClusterEntry> = {}): Promise<Plan> {
  return plannedBy({ jax: { ...ECHO, ...recipe } }, tinyStudy(), at);
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

describe('a recipe whose program is missing', () => {
  const absent = () => ({ command: [at('venv/bin/python'), '-m', 'own'] });
  const setup = 'node infra/setup.mjs --hf';

  it('plans nothing on this machine, and names what sets it up', async () => {
    const message = /"jax" is not set up: .*venv\/bin\/python is missing\. Run: node infra.*--hf/;
    await expect(planned({ ...absent(), setup })).rejects.toThrow(message);
    await expect(planned(absent())).rejects.toThrow(/is missing\. Correct .*temporal\.config\.ts/);
  });

  it('plans nothing on a Slurm cluster whose nodes see what the set-up makes', async () => {
    const wanted = planned({ ...absent(), setup }, { programs_here: 'set_up' });
    await expect(wanted).rejects.toThrow('is not set up');
  });

  it.each<[string, Partial<RecipeConfig>, Partial<ClusterEntry>]>([
    ['of the nodes alone', {}, { programs_here: 'set_up' }],
    ['beyond a login node', { setup }, { programs_here: 'none' }],
  ])('may be one %s', async (_, own, cluster) => {
    expect((await planned({ ...absent(), ...own }, cluster)).jobs).not.toEqual([]);
  });

  it('is looked for on PATH by the job itself', async () => {
    expect((await planned({ command: ['no-such-program'], setup })).jobs).not.toEqual([]);
  });
});

describe('the section of a study that a recipe reads', () => {
  const recipes = {
    jax: { ...ECHO, reads: 'model' },
    hf: { ...ECHO, reads: 'hugging_face' },
    own: ECHO,
  } as const;
  const hf = (recipe: string) => {
    const study = defineStudy({ ...TINY_HF, recipe });
    return study as TrainedStudy;
  };

  it('must be there', async () => {
    const message = /tiny@1.*no `hugging_face` section.*"hf".*Add one.*or set recipe: 'jax'/;
    await expect(plannedBy(recipes, tinyStudy({ recipe: 'hf' }))).rejects.toThrow(message);
  });

  it('is not written for another one', async () => {
    const message = /tiny-hf@1.*`hugging_face` section.*"jax" does not read.*or set recipe: 'hf'/;
    await expect(plannedBy(recipes, hf('jax'))).rejects.toThrow(message);
  });

  it('may be either where the recipe does not say', async () => {
    for (const study of [tinyStudy({ recipe: 'own' }), hf('own'), hf('hf'), tinyStudy()])
      expect((await plannedBy(recipes, study)).jobs).not.toEqual([]);
  });
});
