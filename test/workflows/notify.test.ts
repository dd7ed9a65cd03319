import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import { FakeStudy, type FakeStudyOptions } from '../support/fake-activities';
import {
  openTemporal,
  startRefit,
  withStudy,
  withWorker,
  type Temporal,
} from '../support/temporal';

let temporal: Temporal;
beforeAll(async () => (temporal = await openTemporal()));
afterAll(() => temporal.close());

const study = (options: Partial<FakeStudyOptions> = {}) =>
  new FakeStudy('notified@1', { variants: ['a'], ...options });

test('a study that ends sends how, under an id of its own', async () => {
  const fake = study();
  const id = await withStudy(temporal, fake, async (handle) => {
    await handle.result();
    return handle.firstExecutionRunId;
  });
  expect(fake.sent).toEqual([
    {
      event: 'finished',
      event_id: `study/notified@1/${id}/finished`,
      ...{ study: 'notified@1', status: 'done', dataset_version: 1 },
      summary: '4 of 4 runs done, 0 failed, 0 blocked',
    },
  ]);
});

test('so does one whose runs fail', async () => {
  const fake = study({ outcome: () => 'user_code' });
  await withStudy(temporal, fake, (handle) => handle.result());
  expect(fake.sent).toMatchObject([{ event: 'failed', status: 'failed' }]);
});

test('so does one that is cancelled', async () => {
  const fake = study();
  fake.gates.hold('measure-a');
  await withStudy(temporal, fake, async (handle) => {
    await fake.gates.arrived('measure-a');
    await handle.executeUpdate('cancel');
    await handle.result();
  });
  expect(fake.sent).toMatchObject([{ event: 'cancelled', status: 'cancelled' }]);
});

test('so does one that cannot go on, with the reason', async () => {
  const fake = study();
  fake.makePlan = () => Promise.reject(ApplicationFailure.nonRetryable('no such recipe'));
  const failed = withStudy(temporal, fake, (handle) => handle.result());
  await expect(failed).rejects.toThrow(WorkflowFailedError);
  expect(fake.sent).toMatchObject([{ event: 'failed', summary: 'no such recipe' }]);
});

test('a study whose notification cannot be sent ends all the same', async () => {
  const fake = study();
  fake.notify = () => Promise.reject(ApplicationFailure.nonRetryable('the worker is broken'));
  const summary = await withStudy(temporal, fake, (handle) => handle.result());
  expect(summary.status).toBe('done');
});

test.each([
  [
    'drifted',
    { fit_ids: ['older'], read_version: 7 },
    [{ event: 'drifted', summary: '1 variants added' }],
  ],
  ['is the first', {}, []],
  ['is a no-op', { fit_ids: ['fit'], read_version: 7 }, []],
])('a re-fit that %s', async (_, recorded, sent) => {
  const fake = new FakeStudy('refit-notified@1', { variants: [], recorded });
  await withWorker(temporal, fake, async () => (await startRefit(temporal, fake)).result());
  expect(fake.sent).toMatchObject(sent);
  expect(fake.sent).toHaveLength(sent.length);
});

test('a re-fit that fails sends the reason', async () => {
  const fake = new FakeStudy('refit-notified@1', { variants: [] });
  fake.fitStudy = () => Promise.reject(ApplicationFailure.nonRetryable('the rows are damaged'));
  const failed = withWorker(temporal, fake, async () =>
    (await startRefit(temporal, fake)).result(),
  );
  await expect(failed).rejects.toThrow(WorkflowFailedError);
  expect(fake.sent).toMatchObject([{ event: 'failed', summary: 'the rows are damaged' }]);
});
