/** Schedules on a real server, with re-fits that are played. */
import { ApplicationFailure } from '@temporalio/common';
import { scheduleLine, summarizeSchedule } from '../src/cli/study-schedule';
import {
  createSchedule,
  describeSchedule,
  scheduleOf,
  triggerSchedule,
  type ScheduleStatus,
} from '../src/schedules';
import { FakeStudy } from './support/fake-activities';
import { openTemporal, withWorker, type Temporal } from './support/temporal';

let temporal: Temporal;
beforeAll(async () => (temporal = await openTemporal()));
afterAll(() => temporal.close());

const settings = { cron: '0 3 * * *', timezone: 'UTC', jitter: '0s', catch_up: '12h' };

it('a re-fit that fails is told with its reason, and pauses the schedule', async () => {
  const { client } = temporal.environment;
  const study = 'failing-refit@1';
  const fake = new FakeStudy(study, { variants: [] });
  fake.recordedFits = () =>
    Promise.reject(ApplicationFailure.nonRetryable('the rows are damaged', 'SchemaError'));
  await createSchedule(client, { study, taskQueue: study, settings });
  const ended = await withWorker(temporal, fake, async () =>
    (await triggerSchedule(client, study)).end(),
  );
  expect(ended).toEqual({ outcome: 'failed', reason: 'the rows are damaged' });
  let status = await describeSchedule(client, study);
  while (!status.paused) status = await describeSchedule(client, study);
  const summary = summarizeSchedule(status);
  expect(summary).toMatchObject({ last: ended, failed: 1, missed: 0, paused: true, next: null });
  expect(scheduleLine(summary)).toMatch(
    /^schedule PAUSED \(.+\); last .+: failed, the rows are damaged; 1 FAILED of the last ten$/,
  );
  await (await scheduleOf(client, study)).unpause();
  const { next } = summarizeSchedule(await describeSchedule(client, study));
  expect(next?.toISOString()).toMatch(/T03:00:00/);
});

it('runs that nothing was there to run are told', () => {
  const next = [new Date(Date.UTC(2026, 0, 2, 3))];
  const status: ScheduleStatus = {
    ...{ study: 'a@1', spec: settings, paused: false, note: null, next, recent: [] },
    ...{ missed: 4, skipped: 0 },
  };
  expect(scheduleLine(summarizeSchedule(status))).toBe(
    'next re-fit 2026-01-02T03:00:00.000Z; 4 MISSED',
  );
});
