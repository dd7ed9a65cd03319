/** A tiny study with a store in memory, a local cluster and the activities that run its jobs. */
import path from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { withFailures } from '../../activities/failure';
import { Artifacts } from '../../src/artifacts/artifacts';
import { createJobActivities } from '../../activities/jobs';
import { createPlanActivities } from '../../activities/plan';
import { Manifests } from '../../src/study/manifests';
import type { RecipeConfig } from '../../src/study/recipe';
import type { JobOutcome } from '../../src/study/run-job';
import { Poller } from '../../src/cluster/poller';
import { openDataset, type Dataset } from '../../src/dataset/log';
import { MemoryStore } from '../../src/dataset/memory-store';
import { Studies, type Configuration } from '../../src/books/studies';
import type { RemoteCheckpoints } from '../../src/study/remote-checkpoints';
import { studyId } from '../../src/domain/ids';
import type { Plan, PlannedJob } from '../../src/domain/plan';
import type { TrainedStudy } from '../../src/domain/schema';
import { latestRuns } from '../../src/domain/status';
import type { Cluster } from '../../src/cluster/cluster';
import type { LocalCluster } from '../../src/cluster/local/local-cluster';
import { entryOf, openLocalCluster, type OpenedLocalCluster } from './local-cluster';
import { PYTHON } from './jobs';
import { tinyStudy } from './studies';

const POLL_MS = 50;
const RECIPES = path.resolve(__dirname, '../fixtures/recipes');

/** A recipe of test/fixtures/recipes, under the name that studies use by default. */
export function recipe(file: string, ...args: string[]): Record<string, RecipeConfig> {
  const command = [PYTHON, path.join(RECIPES, file), ...args];
  return { jax: { command, source: null, environment: {} } };
}

type Activities = ReturnType<typeof createPlanActivities> & ReturnType<typeof createJobActivities>;

export interface Lab extends OpenedLocalCluster {
  readonly store: MemoryStore;
  readonly dataset: Dataset;
  readonly studies: Studies;
  readonly study: string;
  readonly activities: Activities;
  /** The activities as another worker has them, with its own view of store and cluster. */
  worker(recipes?: Record<string, RecipeConfig>): Activities;
}

/** The variant whose jobs tests run; the study's other ones stay pending. */
export const VARIANT = 'clm-plain';

/** Checkpoints that existed before the study. */
export interface Outside {
  readonly registered: Configuration['registered'];
  readonly fetch: RemoteCheckpoints['fetch'];
}
const NOTHING: Outside = { registered: {}, fetch: (uri) => Promise.resolve(uri) };

/** `seen`: the cluster as workers see it. */
export async function openLab(
  recipes: Record<string, RecipeConfig> = recipe('echo_recipe.py'),
  study: TrainedStudy = tinyStudy(),
  seen: (cluster: LocalCluster, root: string) => Cluster = (cluster) => cluster,
  { registered, ...remote }: Outside = NOTHING,
): Promise<Lab> {
  const opened = openLocalCluster();
  const store = new MemoryStore();
  const studies = new Studies(store);
  await studies.register({ study, table: null, registered });
  const worker = (others = recipes) =>
    activitiesOf(seen(opened.another(), opened.root), store, others, remote);
  const own = { store, dataset: openDataset(store), studies, study: studyId(study) };
  return { ...opened, ...own, activities: worker(), worker };
}

function activitiesOf(
  cluster: Cluster,
  store: MemoryStore,
  recipes: Record<string, RecipeConfig>,
  remote: Pick<RemoteCheckpoints, 'fetch'>,
): Activities {
  const deps = {
    dataset: openDataset(store),
    studies: new Studies(store),
    artifacts: new Artifacts(store),
    clusters: new Map([['local', entryOf({ cluster })]]),
    pollers: new Map([['local', new Poller(cluster, POLL_MS)]]),
    recipes,
    manifests: new Manifests(recipes, { folder: null, environment: process.env }),
    remote,
  };
  return withFailures({ ...createPlanActivities(deps), ...createJobActivities(deps) });
}

export interface Planned {
  readonly plan_key: string;
  readonly plan: Plan;
  job(variant: string, kind: 'measure' | 'tune'): PlannedJob;
}

export async function plan({ activities, studies, study }: Lab): Promise<Planned> {
  const { key } = await activities.makePlan({ study });
  const plan = await studies.plan(key);
  const job = (variant: string, kind: string) => {
    const found = plan.jobs.find((one) => one.variant_id === variant && one.name.includes(kind));
    if (!found) throw new Error(`The plan has no job to ${kind} ${variant}.`);
    return found;
  };
  return { plan_key: key, plan, job };
}

interface RunOptions {
  readonly attempt?: number;
  readonly activities?: Activities;
  readonly environment?: MockActivityEnvironment;
}

/** One for each call: a cancelled environment stays cancelled. */
export function quietEnvironment(): MockActivityEnvironment {
  return new MockActivityEnvironment(undefined, { logger: new DefaultLogger('ERROR') });
}

/** Runs a job's activity as a worker would. */
export function runJob(
  lab: Lab,
  { plan_key }: Planned,
  job: PlannedJob,
  options: RunOptions = {},
): Promise<JobOutcome> {
  const { attempt = job.attempt, activities = lab.activities } = options;
  const { environment = quietEnvironment() } = options;
  return environment.run((input) => activities.runJob(input), { plan_key, job: job.name, attempt });
}

/** The newest row of each run of a job, by run. */
export async function rowsOfJob(
  lab: Lab,
  job: PlannedJob,
): Promise<Awaited<ReturnType<typeof readRuns>>> {
  return (await readRuns(lab)).filter((row) => job.run_ids.includes(row.run_id));
}

async function readRuns({ dataset, study }: Lab) {
  return [...latestRuns(await dataset.read('runs', { study })).values()];
}
