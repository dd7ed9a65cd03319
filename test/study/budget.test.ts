/** A study that may spend only so much: what is not started, what is ended, and the messages. */
import path from 'node:path';
import { writeFileSync } from 'node:fs';
import { recipe, openLab, plan, rowsOfJob, runJob, VARIANT, type Lab } from '../support/lab';
import { tinyStudy } from '../support/studies';

let lab: Lab;
afterEach(() => lab.close());

/** Of an execution that began an hour ago. */
async function open(budget: { wall_hours: number }, file = 'echo_recipe.py', ...args: string[]) {
  lab = await openLab(recipe(file, ...args), tinyStudy({ budget }));
  const planned = await plan(lab);
  const latest = await lab.studies.latest(lab.study);
  if (!latest) throw new TypeError('the study was planned');
  const started_at = new Date(Date.now() - 3_600_000).toISOString();
  await lab.studies.saveLatest(lab.study, { ...latest, started_at });
  return planned;
}

it('submits nothing once the budget is spent, and says so in the record', async () => {
  const planned = await open({ wall_hours: 0.5 });
  const job = planned.job('base', 'measure');
  expect(await runJob(lab, planned, job)).toEqual({
    runs: [{ run_id: 'base/pretrain', status: 'cancelled' }],
    failure_class: null,
  });
  expect(await rowsOfJob(lab, job)).toMatchObject([
    {
      status: 'cancelled',
      error: 'Not started: the budget: 1.00 of 0.5 hours of wall time are spent.',
    },
  ]);
  expect(await lab.cluster.poll([job.name])).toEqual(new Map([[job.name, { status: 'unknown' }]]));
});

it('watches a job that it had submitted before, though the budget is spent since', async () => {
  const planned = await open({ wall_hours: 10 });
  const job = planned.job('base', 'measure');
  await runJob(lab, planned, job);
  await lab.studies.register({
    study: tinyStudy({ budget: { wall_hours: 0.5 } }),
    table: null,
    registered: {},
  });
  const { runs } = await runJob(lab, planned, job);
  expect(runs).toEqual([{ run_id: 'base/pretrain', status: 'done' }]);
});

it('ends a job that runs when the budget is spent, and keeps what it had finished', async () => {
  const planned = await open({ wall_hours: 10 }, 'faulty_recipe.py', 'wait');
  const base = planned.job('base', 'measure');
  writeFileSync(path.join(await folderOf(base.name), 'go'), '');
  await runJob(lab, planned, base);
  const job = planned.job(VARIANT, 'measure');
  const running = runJob(lab, planned, job);
  await lab.studies.register({
    study: tinyStudy({ budget: { wall_hours: 0.5 } }),
    table: null,
    registered: {},
  });
  expect(await running).toMatchObject({
    runs: job.run_ids.map((run_id) => ({ run_id, status: 'cancelled' })),
    failure_class: 'cancelled',
  });
  for (const row of await rowsOfJob(lab, job))
    expect(row).toMatchObject({
      status: 'cancelled',
      error: expect.stringContaining('of 0.5 hours of wall time are spent') as string,
    });
}, 30_000);

async function folderOf(job: string): Promise<string> {
  const { mkdir } = await import('node:fs/promises');
  const folder = lab.cluster.folder(job).dir;
  await mkdir(folder, { recursive: true });
  return folder;
}

it('gives the retries of its study with a failure, and none where the study is silent', async () => {
  const retries = { user_code: { times: 2, pause_seconds: 1 } };
  lab = await openLab(recipe('faulty_recipe.py', 'crash'), tinyStudy({ retries }));
  const planned = await plan(lab);
  const outcome = await runJob(lab, planned, planned.job('base', 'measure'));
  expect(outcome).toMatchObject({ failure_class: 'user_code', retry: retries.user_code });
});

it('measures again what is repeated by request, and readers use the new numbers', async () => {
  lab = await openLab();
  const first = await plan(lab);
  for (const job of [first.job('base', 'measure'), first.job(VARIANT, 'measure')])
    await runJob(lab, first, job);
  const { key } = await lab.activities.makePlan({ study: lab.study, from: 'indicate' });
  const again = await lab.studies.plan(key);
  const job = again.jobs.find(({ run_ids }) => run_ids.includes(`${VARIANT}/indicate`));
  if (!job) throw new TypeError('the plan has the job');
  expect(job.run_ids).toEqual([`${VARIANT}/indicate`]);
  await runJob(lab, { ...first, plan_key: key }, job);
  const rows = await lab.dataset.read('indicators', { study: lab.study });
  expect(rows.map(({ attempt }) => attempt)).toEqual([1, 2]);
});
