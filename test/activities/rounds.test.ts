/** What a study fine-tunes next, and how it ends, over a record in memory. */
import { createPlanActivities } from '../../activities/plan';
import { createReportActivities } from '../../activities/report';
import { createRoundActivities } from '../../activities/rounds';
import { submitRows } from '../../src/study/job-rows';
import { Manifests } from '../../src/study/manifests';
import { Artifacts } from '../../src/artifacts/artifacts';
import { openDataset } from '../../src/dataset/log';
import { MemoryStore } from '../../src/dataset/memory-store';
import { Studies } from '../../src/books/studies';
import type { PlannedJob } from '../../src/domain/plan';
import type { StudyInput } from '../../src/domain/schema';
import { indicatorRow, outcomeRow } from '../predict/rows';
import { entryOf } from '../support/local-cluster';
import { MANIFEST } from '../support/manifests';
import { TINY, tinyStudy } from '../support/studies';

const ID = 'tiny@1';
const OF_ID = { study: ID, run_id: 'recorded' };
/** The first two start, by their k-shot score; the outcomes say that it misleads. */
const KSHOT = { 'clm-plain': 4, 'clm-mixed': 3, 'sc-plain': 2, 'sc-mixed': 1 };
const SPANS = { 'clm-plain': 1, 'clm-mixed': 3, 'sc-plain': 2, 'sc-mixed': 4 };
const IDS = Object.keys(KSHOT) as (keyof typeof KSHOT)[];

type FineTune = NonNullable<Extract<StudyInput, { kind: 'trained' }>['fine_tune']>;

function openStudy() {
  const store = new MemoryStore();
  const [dataset, studies] = [openDataset(store), new Studies(store)];
  const describe = [process.execPath, '-p', JSON.stringify(JSON.stringify(MANIFEST))];
  const recipes = { jax: { command: ['true'], describe, source: null, environment: {} } };
  const deps = {
    dataset,
    studies,
    store,
    artifacts: new Artifacts(store),
    recipes,
    clusters: new Map([['local', entryOf()]]),
    manifests: new Manifests(recipes, { folder: null, environment: {} }),
    startLearning: () => {
      throw new Error('nothing is learned in another process here');
    },
  };
  const activities = {
    ...createPlanActivities(deps),
    ...createRoundActivities(deps),
    ...createReportActivities(deps),
  };
  return { dataset, studies, ...activities };
}
type Opened = ReturnType<typeof openStudy>;

async function planned(on: Opened, fineTune: FineTune) {
  const cms = { ...TINY.tasks.cms, indicator: 'kshot_cms' };
  const study = tinyStudy({ tasks: { ...TINY.tasks, cms }, fine_tune: fineTune });
  await on.studies.register({ study, table: null, registered: {} });
  const summary = await on.makePlan({ study: ID });
  const plan = await on.studies.plan(summary.key);
  /** Records that these jobs were run. */
  const run = async (jobs: readonly PlannedJob[], status = 'done', wall_seconds = 1800) => {
    const rows = jobs.flatMap((job) => {
      const runs = plan.runs.filter(({ run_id }) => job.run_ids.includes(run_id));
      const context = { plan, study, job, attempt: job.attempt, runs, finished: new Map() };
      return submitRows(context, new Date(0));
    });
    const key = `${status}:${rows.map(({ run_id, attempt }) => `${run_id}#${attempt}`).join()}`;
    await on.dataset.commit({
      key,
      rows: { runs: rows.map((row) => ({ ...row, status, wall_seconds })) },
    });
  };
  const jobsOf = (part: 'measure' | 'tune', ids: readonly string[]) =>
    plan.jobs.filter(
      ({ variant_id, name }) => name.includes(`-${part}-`) && [...ids, 'base'].includes(variant_id),
    );
  const choose = async (chosen: readonly string[] = []) =>
    (await on.chooseVariants({ study: ID, plan_key: summary.key, chosen })).map(
      ({ variant_id, reason }) => `${variant_id}: ${reason}`,
    );
  return { summary, run, jobsOf, choose };
}

async function measureAll(on: Opened, { run, jobsOf }: Awaited<ReturnType<typeof planned>>) {
  await run(jobsOf('measure', IDS));
  const indicators = IDS.flatMap((id) => [
    indicatorRow(id, 'kshot_cms', KSHOT[id], OF_ID),
    indicatorRow(id, 'inv_ppl_sc', SPANS[id], OF_ID),
  ]);
  await on.dataset.commit({ key: 'indicators', rows: { indicators } });
}

/** Fine-tuned, with an outcome that follows span-corruption perplexity. */
async function tune(
  on: Opened,
  { run, jobsOf }: Awaited<ReturnType<typeof planned>>,
  ids: readonly (keyof typeof KSHOT)[],
) {
  await run(jobsOf('tune', ids));
  const outcomes = ids.flatMap((id) =>
    ['cms', 'cbqa'].map((task) => outcomeRow(id, task, SPANS[id], OF_ID)),
  );
  await on.dataset.commit({ key: `outcomes:${ids.join()}`, rows: { outcomes } });
}

const TOP_2 = { top: 2, batch: 2, explore: 0, task: 'cms' } as const;

test('a budget is spent on the best by the start, and more of it on the best by the refitted predictor', async () => {
  const on = openStudy();
  const first = await planned(on, TOP_2);
  expect(first.summary).toMatchObject({ in_rounds: true, variants_to_run: 4, runs_base: true });
  await measureAll(on, first);
  expect(await first.choose()).toEqual(['clm-plain: start', 'clm-mixed: start']);
  expect(await first.choose()).toEqual(['clm-plain: start', 'clm-mixed: start']);
  await tune(on, first, ['clm-plain', 'clm-mixed']);
  const chosen = ['clm-plain', 'clm-mixed'];
  expect(await first.choose(chosen)).toEqual([]);
  expect(await on.reportStudy({ study: ID, cancelled: false, chosen })).toMatchObject({
    status: 'done',
    not_fine_tuned: 2,
    runs: { pending: 8, failed: 0 },
  });

  const again = await planned(on, TOP_2);
  expect(again.summary).toMatchObject({ variants_to_run: 0, runs_base: false });
  expect(await again.choose()).toEqual([]);

  const raised = await planned(on, { ...TOP_2, top: 3 });
  expect(await raised.choose()).toEqual(['sc-mixed: predictor']);
});

test('a failed fine-tuning is taken up first by the next run, and no other in its place by this one', async () => {
  const on = openStudy();
  const first = await planned(on, TOP_2);
  await measureAll(on, first);
  await tune(on, first, ['clm-plain']);
  await first.run(first.jobsOf('tune', ['clm-mixed']), 'failed');
  const chosen = ['clm-plain', 'clm-mixed'];
  expect(await first.choose(chosen)).toEqual([]);
  expect(await on.reportStudy({ study: ID, cancelled: false, chosen })).toMatchObject({
    status: 'failed',
  });
  expect(await (await planned(on, TOP_2)).choose()).toEqual(['clm-mixed: begun']);
});

test('hours buy as many variants as they pay for at the price so far', async () => {
  const on = openStudy();
  const first = await planned(on, { gpu_hours: 5, batch: 1, explore: 0 });
  await measureAll(on, first);
  await tune(on, first, ['sc-plain']);
  // Four runs of half an hour a variant: two hours.
  expect(await first.choose(['sc-plain'])).toHaveLength(1);
  await tune(on, first, ['sc-mixed']);
  expect(await first.choose(['sc-plain', 'sc-mixed'])).toEqual([]);
});

test('a variant without an indicator is not chosen', async () => {
  const on = openStudy();
  const first = await planned(on, TOP_2);
  await first.run(first.jobsOf('measure', IDS));
  const indicators = IDS.slice(1).map((id) => indicatorRow(id, 'kshot_cms', KSHOT[id], OF_ID));
  await on.dataset.commit({ key: 'indicators', rows: { indicators } });
  expect(await first.choose()).toEqual(['clm-mixed: start', 'sc-plain: start']);
});

test('a chosen variant of which nothing was recorded is not left out by the budget', async () => {
  const on = openStudy();
  const first = await planned(on, TOP_2);
  await measureAll(on, first);
  const chosen = ['clm-plain', 'clm-mixed'];
  expect(await on.reportStudy({ study: ID, cancelled: false, chosen })).toMatchObject({
    status: 'failed',
    not_fine_tuned: 2,
  });
});
