import type { PlannedJob, PlannedRun } from '../../src/domain/plan';
import { JobSchema, type Job } from '../../src/domain/job-schema';
import { readFile, letGo, untilNoted, jobOf } from '../support/jobs';
import {
  openLab,
  plan,
  recipe,
  rowsOfJob,
  runJob,
  VARIANT,
  type Lab,
  type Planned,
} from '../support/lab';
import { identityIn } from '../support/local-cluster';

let lab: Lab;

describe('the jobs of a study', () => {
  let planned: Planned;
  beforeAll(async () => {
    lab = await openLab();
    planned = await runAll();
  });
  afterAll(() => lab.close());

  it('leave their measurements, checkpoints and ends in the tables', async () => {
    const { dataset, study } = lab;
    const indicators = await dataset.read('indicators', { study });
    const outcomes = await dataset.read('outcomes', { study });
    expect(indicators.map(({ run_id }) => run_id)).toEqual([`${VARIANT}/indicate`]);
    // Runs of a job are recorded together, in no order.
    expect(outcomes.map(({ task }) => task).sort()).toEqual(['cbqa', 'cms']);
    for (const row of [...indicators, ...outcomes])
      expect(row).toMatchObject({
        study,
        variant_id: VARIANT,
        attempt: 1,
        ...echoed(planned, row.run_id),
      });
    const checkpoints = await dataset.read('checkpoints', { study });
    expect(checkpoints.map(({ run_id }) => run_id).sort()).toEqual([
      'base/pretrain',
      `${VARIANT}/pretrain`,
      `${VARIANT}/sft/cbqa/full/seed0`,
      `${VARIANT}/sft/cms/full/seed0`,
    ]);
  });

  it('give each run two rows: at its submission and at its end', async () => {
    const rows = await lab.dataset.read('runs', { study: lab.study });
    expect(rows.map(({ status }) => status).sort()).toEqual(
      jobsToRun(planned)
        .flatMap(({ run_ids }) => run_ids)
        .flatMap(() => ['done', 'running'])
        .sort(),
    );
    for (const row of await rowsOfJob(lab, planned.job(VARIANT, 'tune')))
      expect(row).toMatchObject({
        status: 'done',
        error: null,
        failure_class: null,
        recipe_version: '1',
        cluster: 'local',
        wall_seconds: 0.1,
      });
  });

  it('put the memory and processor time of a process down once', async () => {
    const rows = await rowsOfJob(lab, planned.job(VARIANT, 'tune'));
    expect(rows.filter((row) => row.cpu_seconds !== null)).toHaveLength(1);
    expect(rows.filter((row) => row.max_rss_bytes !== null)).toHaveLength(1);
  });

  it('get a job.json that the schema knows, with the addresses of their inputs', async () => {
    const checkpoints = await lab.dataset.read('checkpoints', { study: lab.study });
    const uri = new Map(checkpoints.map((row) => [row.run_id, row.uri]));
    const measure = jobJson(planned.job(VARIANT, 'measure'));
    expect(measure.runs.map(({ input }) => input)).toEqual([
      { run_id: 'base/pretrain', uri: uri.get('base/pretrain') },
      { run_id: `${VARIANT}/pretrain`, uri: null },
    ]);
    const [sft, evaluate] = jobJson(planned.job(VARIANT, 'tune')).runs;
    expect(sft?.input).toEqual({
      run_id: `${VARIANT}/pretrain`,
      uri: uri.get(`${VARIANT}/pretrain`),
    });
    expect(evaluate?.input).toEqual({ run_id: `${VARIANT}/sft/cms/full/seed0`, uri: null });
  });

  it('are all reused by the next plan', async () => {
    const { plan: next } = await plan(lab);
    const own = next.runs.filter(({ variant_id }) => ['base', VARIANT].includes(variant_id));
    expect(own).toHaveLength(7);
    expect(own.every(({ action }) => action === 'reuse')).toBe(true);
    expect(next.jobs.some(({ variant_id }) => ['base', VARIANT].includes(variant_id))).toBe(false);
  });
});

describe('a job that is run again', () => {
  afterEach(() => lab.close());

  it('by the same worker or another changes nothing on record', async () => {
    lab = await openLab();
    const planned = await runAll();
    const version = await lab.dataset.version();
    const job = planned.job(VARIANT, 'tune');
    const outcome = await runJob(lab, planned, job);
    expect(await runJob(lab, planned, job, { activities: lab.worker() })).toEqual(outcome);
    expect(outcome).toEqual({
      runs: job.run_ids.map((run_id) => ({ run_id, status: 'done' })),
      failure_class: null,
    });
    expect(await lab.dataset.version()).toBe(version);
  });

  it('by two workers at once is run and recorded once', async () => {
    lab = await openLab(recipe('faulty_recipe.py', 'none'));
    const planned = await plan(lab);
    const base = planned.job('base', 'measure');
    const workers = [lab.worker(), lab.worker(), lab.worker()];
    const outcomes = await Promise.all(
      workers.map((activities) => runJob(lab, planned, base, { activities })),
    );
    expect(new Set(outcomes.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(await lab.dataset.read('checkpoints')).toHaveLength(1);
    expect(await lab.dataset.read('runs')).toHaveLength(2);
    expect(readFile(lab.cluster, jobOf(base.name, ''), 'starts')).toBe('\n');
  });

  it('as a later attempt, after its machine failed, is run again', async () => {
    lab = await openLab(recipe('faulty_recipe.py', 'wait'));
    const planned = await plan(lab);
    const base = planned.job('base', 'measure');
    const first = runJob(lab, planned, base);
    await untilNoted(lab.cluster, base.name, 'starts');
    process.kill(identityIn(lab.cluster, base.name, 'wrapper').pid, 'SIGKILL');
    expect(await first).toMatchObject({
      runs: [{ status: 'failed' }],
      failure_class: 'node_failure',
    });
    letGo(lab.cluster, base.name, 'go');
    expect(await runJob(lab, planned, base, { attempt: 2 })).toMatchObject({
      runs: [{ status: 'done' }],
      failure_class: null,
    });
    expect(await rowsOfJob(lab, base)).toMatchObject([{ status: 'done', attempt: 2, error: null }]);
    expect(readFile(lab.cluster, jobOf(base.name, ''), 'starts')).toBe('\n\n');
  });
});

describe('a job', () => {
  afterEach(() => lab.close());

  it('is blocked, and starts nothing, while its input is not recorded', async () => {
    lab = await openLab();
    const planned = await plan(lab);
    const measure = planned.job(VARIANT, 'measure');
    expect(await runJob(lab, planned, measure)).toEqual({
      runs: measure.run_ids.map((run_id) => ({ run_id, status: 'blocked' })),
      failure_class: null,
    });
    expect(await lab.cluster.poll([measure.name])).toEqual(
      new Map([[measure.name, { status: 'unknown' }]]),
    );
    expect(await lab.dataset.read('runs')).toEqual([]);
  });

  it('is blocked when its input failed', async () => {
    lab = await openLab();
    const planned = await plan(lab);
    const broken = lab.worker(recipe('faulty_recipe.py', 'crash'));
    await runJob(lab, planned, planned.job('base', 'measure'), { activities: broken });
    const { runs } = await runJob(lab, planned, planned.job(VARIANT, 'measure'));
    expect(runs.map(({ status }) => status)).toEqual(['blocked', 'blocked']);
  });

  it('of a recipe, or under a name, that nobody registered is refused for good', async () => {
    lab = await openLab();
    const planned = await plan(lab);
    const base = planned.job('base', 'measure');
    const refused = { type: 'SpecError', nonRetryable: true };
    const activities = lab.worker({});
    await expect(runJob(lab, planned, base, { activities })).rejects.toMatchObject(refused);
    const unknown = { ...base, name: 'no-such-job' };
    await expect(runJob(lab, planned, unknown)).rejects.toMatchObject(refused);
    expect(await lab.dataset.read('runs')).toEqual([]);
  });
});

async function runAll(): Promise<Planned> {
  const planned = await plan(lab);
  for (const job of jobsToRun(planned))
    expect(await runJob(lab, planned, job)).toMatchObject({ failure_class: null });
  return planned;
}

function jobsToRun(planned: Planned): PlannedJob[] {
  const own = planned.plan.jobs.filter((job) => ['base', VARIANT].includes(job.variant_id));
  expect(own).toHaveLength(3);
  return own;
}

/** What the echo recipe measures of a run. */
function echoed({ plan: { runs } }: Planned, run_id: string) {
  const { fingerprint } = runs.find((run) => run.run_id === run_id) as PlannedRun;
  return { value: parseInt(fingerprint.slice(0, 8), 16) / 16 ** 8, stderr: 0.01, n: 8 };
}

function jobJson(job: PlannedJob): Job {
  return JobSchema.parse(JSON.parse(readFile(lab.cluster, jobOf(job.name, ''), 'job.json')));
}
