import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MemoryStore } from '../../src/dataset/memory-store';
import { openDataset } from '../../src/dataset/log';
import { Artifacts } from '../../src/artifacts/artifacts';
import type { TrainedStudy } from '../../src/domain/schema';
import { checkPlan } from '../../src/study/checks';
import type { ClusterEntry } from '../../src/study/clusters';
import { Manifests } from '../../src/study/manifests';
import { planFromRecord } from '../../src/study/plan-from-record';
import { checkedRecipes } from '../../src/study/recipe';
import { entryOf } from '../support/local-cluster';
import { MANIFEST } from '../support/manifests';
import { TINY, tinyStudy } from '../support/studies';

interface Asked {
  readonly model: unknown;
  readonly runs: readonly {
    readonly run_id: string;
    readonly stage: string;
    readonly checkpoint: string | null;
    readonly here: boolean;
  }[];
}

let folder: string;
beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), 'foretune-checks-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** A recipe that keeps what it is asked, and answers with these problems. */
function recipe(problems: readonly string[]): string {
  const program = path.join(folder, 'recipe.mjs');
  const manifest = JSON.stringify({ ...MANIFEST, checks: true });
  writeFileSync(
    program,
    `import { appendFileSync, readFileSync } from 'node:fs';
const [option, file] = process.argv.slice(2);
if (option === '--check') appendFileSync(${JSON.stringify(asked())}, readFileSync(file, 'utf8') + '\\n');
console.log(JSON.stringify(option === '--check' ? { problems: ${JSON.stringify(problems)} } : ${manifest}));
`,
  );
  return program;
}
const asked = () => path.join(folder, 'asked.jsonl');
const questions = () =>
  readFileSync(asked(), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Asked);

async function check(
  problems: readonly string[],
  study: TrainedStudy = tinyStudy(),
  cluster: Partial<ClusterEntry> = {},
): Promise<void> {
  const recipes = checkedRecipes({ jax: { command: [process.execPath, recipe(problems)] } });
  const store = new MemoryStore();
  const books = {
    ...{ artifacts: new Artifacts(store), dataset: openDataset(store) },
    ...{ recipes, clusters: new Map([['local', entryOf(cluster)]]) },
    manifests: new Manifests(recipes, { folder: null, environment: {} }),
  };
  const registered = { ours: { uri: 'file:///models/ours', identity: 'sha256:1' } };
  const plan = await planFromRecord(books, { study, table: null, registered });
  const places = { folder: path.join(folder, 'checks'), environment: {} };
  await checkPlan(plan, study, books, places);
}

it('what a recipe cannot do is an error of the study', async () => {
  await expect(check(['v1/sft: There is no task.'])).rejects.toThrow(
    /The recipes cannot run study "tiny@1":\n {2}v1\/sft: There is no task\./,
  );
});

it('a recipe that has no objection is not asked the same again, until it is another', async () => {
  await check([]);
  await check([]);
  expect(questions()).toHaveLength(1);
  await check([], tinyStudy({ seed: 9 }));
  expect(questions()).toHaveLength(2);
});

it('a recipe is given the model of the study, and the checkpoint that a run is made from', async () => {
  const variants = [{ id: 'ours', checkpoint: '/models/ours' }, TINY.variants[0] as never];
  await check([], tinyStudy({ base: undefined, variants }));
  const [{ model, runs } = { model: null, runs: [] }] = questions();
  expect(model).toEqual(tinyStudy().model);
  const runsOf = (variant: string) => runs.filter(({ run_id }) => run_id.startsWith(`${variant}/`));
  expect(new Set(runsOf('ours').map(({ stage }) => stage))).toEqual(
    new Set(['indicate', 'sft', 'evaluate']),
  );
  expect(new Set(runsOf('ours').map(({ checkpoint }) => checkpoint))).toEqual(
    new Set(['file:///models/ours']),
  );
  expect(new Set(runsOf(TINY.variants[0]?.id ?? '').map(({ checkpoint }) => checkpoint))).toEqual(
    new Set([null]),
  );
});

it.each([
  ['all', true],
  ['set_up', true],
  ['none', false],
] as const)('a recipe knows whether jobs see this machine: %s', async (programs_here, here) => {
  await check([], tinyStudy(), { programs_here });
  expect(new Set(questions()[0]?.runs.map((run) => run.here))).toEqual(new Set([here]));
});
