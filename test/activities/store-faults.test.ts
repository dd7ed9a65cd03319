/** Faults of the store are the store's: a run that is finished waits for it, and is never blamed. */
import { ApplicationFailure } from '@temporalio/common';
import { entryKey } from '../../src/dataset/log-format';
import { storeError } from '../../src/dataset/s3-errors';
import { openLab, plan, recipe, rowsOfJob, runJob, type Lab } from '../support/lab';
import { alterJson, keysOf } from '../support/dataset';

let lab: Lab;
afterEach(() => lab.close());

const answers: [what: string, status: number, name: string][] = [
  ['expired credentials', 403, 'ExpiredToken'],
  ['refused credentials', 403, 'AccessDenied'],
  ['another write in progress', 409, 'OperationAborted'],
  ['a bucket that is gone', 404, 'NoSuchBucket'],
  ['no space', 507, 'InsufficientStorage'],
  ['an answer that nobody knows', 418, 'Teapot'],
];

it.each(answers)(
  '%s: what the job measured is recorded when the store answers again',
  async (_, status, name) => {
    lab = await openLab(recipe('echo_recipe.py'));
    const planned = await plan(lab);
    const job = planned.job('base', 'measure');
    const { store } = lab;
    const put = store.put.bind(store);
    // The rows of the runs are written, since the job has to start; its results are not.
    store.put = (key, body) =>
      key.includes('/checkpoints/')
        ? Promise.reject(storeError(answerOf(status, name), `write ${key}`))
        : put(key, body);
    const failed: unknown = await runJob(lab, planned, job).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(ApplicationFailure);
    expect(failed).toMatchObject({
      nonRetryable: false,
      message: expect.stringContaining(name) as string,
    });
    expect(await rowsOfJob(lab, job)).toMatchObject([{ status: 'running', failure_class: null }]);
    store.put = put;
    const outcome = await runJob(lab, planned, job);
    expect(outcome).toMatchObject({ runs: [{ status: 'done' }], failure_class: null });
    expect(await rowsOfJob(lab, job)).toMatchObject([{ status: 'done', attempt: 1, error: null }]);
  },
);

it('a log that is damaged is not the fault of a job, and nothing is recorded for it', async () => {
  lab = await openLab(recipe('echo_recipe.py'));
  const planned = await plan(lab);
  const job = planned.job('base', 'measure');
  await runJob(lab, planned, job);
  await alterJson(lab.store, entryKey(2), { writer: 'another' });
  const keys = await keysOf(lab.store);
  const failed: unknown = await runJob(lab, planned, job, {
    activities: lab.worker(),
    attempt: 2,
  }).catch((error: unknown) => error);
  expect(failed).toMatchObject({ type: 'DamageError', nonRetryable: true });
  expect(await keysOf(lab.store)).toEqual(keys);
});

function answerOf(httpStatusCode: number, name: string): Error {
  return Object.assign(new Error('words of the server'), { name, $metadata: { httpStatusCode } });
}
