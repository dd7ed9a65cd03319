import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Manifests } from '../../src/study/manifests';
import { recordVariants } from '../../src/study/variants';
import type { ClusterEntry } from '../../src/study/clusters';
import { planFromRecord, planToShow } from '../../src/study/plan-from-record';
import type { RecipeConfig } from '../../src/study/recipe';
import { Artifacts } from '../../src/artifacts/artifacts';
import { openDataset } from '../../src/dataset/log';
import { MemoryStore } from '../../src/dataset/memory-store';
import { Studies } from '../../src/books/studies';
import type { TrainedStudy } from '../../src/domain/schema';
import type { Plan } from '../../src/domain/plan';
import { sourceDigest } from '../../src/base/fingerprint';
import { entryOf } from '../support/local-cluster';
import { MANIFEST } from '../support/manifests';
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

/** A recipe whose job is never run: it only says what it is. */
const ECHO = {
  command: ['true'],
  describe: [process.execPath, '-p', JSON.stringify(JSON.stringify(MANIFEST))],
  source: null,
  environment: {},
};

function plannedBy(
  recipes: Readonly<Record<string, RecipeConfig>>,
  study: TrainedStudy,
  at: Partial<ClusterEntry> = {},
  plan: typeof planFromRecord = planFromRecord,
): Promise<Plan> {
  const store = new MemoryStore();
  const clusters = new Map([['local', entryOf(at)]]);
  const manifests = new Manifests(recipes, { folder: null, environment: {} });
  const [artifacts, dataset] = [new Artifacts(store), openDataset(store)];
  const books = { artifacts, dataset, clusters, recipes, manifests };
  return plan(books, { study, table: null, registered: {} });
}

function planned(recipe: Partial<RecipeConfig>, at: Partial<ClusterEntry> = {}): Promise<Plan> {
  return plannedBy({ jax: { ...ECHO, ...recipe } }, tinyStudy(), at);
}

async function recorded(source: RecipeConfig['source']): Promise<string> {
  return (await planned({ source })).recipes.jax?.source_digest ?? 'none';
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
  const rates: unknown[] = [];
  const [first, ...others] = tinyStudy().variants;
  if (!first) throw new TypeError('the study has variants');
  for (const lr of [0.1, 0.2, 0.1, 0.1]) {
    const study = tinyStudy({ variants: [{ ...first, lr }, ...others] });
    await recordVariants(
      dataset,
      await studies.register({ study, table: null, registered: {} }, unused),
      new Date(),
    );
    const row = (await dataset.newest('variants', 'tiny@1')).get(`${first.id}/pretrain`);
    rates.push((JSON.parse(row?.config_json ?? '{}') as { lr?: number }).lr);
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

  it('is named beside a plan that is only shown', async () => {
    const recipes = { jax: { ...ECHO, ...absent(), setup } };
    const { jobs, warnings } = await plannedBy(recipes, tinyStudy(), {}, planToShow);
    expect(jobs).not.toEqual([]);
    expect(warnings).toEqual([expect.stringMatching(/"jax" is not set up: .* Run: node infra/)]);
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
