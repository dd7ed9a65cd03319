/** A job's activity that is asked to stop: the job and the record afterwards. */
import { CancelledFailure } from '@temporalio/common';
import type { PlannedJob } from '../../src/domain/plan';
import { jobOf, letGo, readFile, untilNoted, untilStatus } from '../support/jobs';
import {
  openLab,
  plan,
  quietEnvironment,
  recipe,
  rowsOfJob,
  runJob,
  type Lab,
  type Planned,
} from '../support/lab';

let lab: Lab;
let planned: Planned;
let base: PlannedJob;
beforeEach(async () => {
  lab = await openLab(recipe('faulty_recipe.py', 'wait'));
  planned = await plan(lab);
  base = planned.job('base', 'measure');
});
afterEach(() => lab.close());

it('A cancelled activity ends the job and records its runs as cancelled', async () => {
  await expect(interrupt('CANCELLED')).rejects.toBeInstanceOf(CancelledFailure);
  expect(await untilStatus(lab.cluster, base.name, 'failed')).toMatchObject({
    failure_class: 'cancelled',
  });
  expect(await rowsOfJob(lab, base)).toMatchObject([
    { status: 'cancelled', failure_class: 'cancelled', attempt: 1 },
  ]);
});

it('A cancelled job starts again with the next plan', async () => {
  await expect(interrupt('CANCELLED')).rejects.toBeInstanceOf(CancelledFailure);
  const next = await plan(lab);
  const again = next.job('base', 'measure');
  expect(again).toMatchObject({ name: base.name, attempt: 2 });
  letGo(lab.cluster, base.name, 'go');
  expect(await runJob(lab, next, again)).toMatchObject({ runs: [{ status: 'done' }] });
  expect(starts()).toBe(2);
});

it.each(['WORKER_SHUTDOWN', 'NOT_FOUND', 'TIMED_OUT'] as const)(
  'An activity that ends for %s leaves its job running for the next worker to find',
  async (reason) => {
    await expect(interrupt(reason)).rejects.toMatchObject({ nonRetryable: false });
    await untilStatus(lab.cluster, base.name, 'running');
    expect(await rowsOfJob(lab, base)).toMatchObject([{ status: 'running' }]);
    const next = runJob(lab, planned, base, { activities: lab.worker() });
    letGo(lab.cluster, base.name, 'go');
    expect(await next).toMatchObject({ runs: [{ status: 'done' }], failure_class: null });
    expect(await rowsOfJob(lab, base)).toMatchObject([{ status: 'done', attempt: 1 }]);
    expect(starts()).toBe(1);
  },
);

it('A job that went on while nobody watched is recorded by the next plan', async () => {
  await expect(interrupt('WORKER_SHUTDOWN')).rejects.toThrow();
  letGo(lab.cluster, base.name, 'go');
  await untilStatus(lab.cluster, base.name, 'succeeded');
  const next = await plan(lab);
  const again = next.job('base', 'measure');
  expect(again).toMatchObject({ name: base.name, attempt: 1 });
  expect(await runJob(lab, next, again)).toMatchObject({ runs: [{ status: 'done' }] });
  expect(starts()).toBe(1);
});

/** Runs the activity until its job runs, then asks it to stop. */
async function interrupt(
  reason: 'CANCELLED' | 'WORKER_SHUTDOWN' | 'NOT_FOUND' | 'TIMED_OUT',
): Promise<unknown> {
  const environment = quietEnvironment();
  const outcome = runJob(lab, planned, base, { environment });
  // Handled here already, should it come before the job runs.
  outcome.catch(() => undefined);
  await untilNoted(lab.cluster, base.name, 'starts');
  environment.cancel(reason);
  return outcome;
}

function starts(): number {
  return readFile(lab.cluster, jobOf(base.name, ''), 'starts').length;
}
