/** Schedules on a real server, with re-fits that are played. */
import { ApplicationFailure } from '@temporalio/common';
import { connectClient } from '../../src/temporal/client';
import { summarizeSchedule } from '../../src/temporal/study-schedule';
import { scheduleText, scheduleLine } from '../../src/cli/words/schedule-text';
import {
  createSchedule,
  describeSchedule,
  scheduleOf,
  triggerSchedule,
} from '../../src/temporal/schedules';
import { refitId } from '../../src/domain/ids';
import { pause } from '../../src/base/processes';
import { FakeStudy } from '../support/fake-activities';
import { pidOf, testStack, type TestStack } from '../support/stack';
import { openTemporal, withWorker, type Temporal } from '../support/temporal';

let temporal: Temporal;
beforeAll(async () => (temporal = await openTemporal()));
afterAll(() => temporal.close());

const settings = { cron: '0 3 * * *', timezone: 'UTC', jitter: '0s', catch_up: '12h' };

it('a re-fit that fails is reported with its reason, and pauses the schedule', async () => {
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
    /^schedule PAUSED \(.+\); last .+: failed, the rows are damaged; 1 of the last ten FAILED$/,
  );
  await (await scheduleOf(client, study)).unpause();
  const { next } = summarizeSchedule(await describeSchedule(client, study));
  expect(next?.toISOString()).toMatch(/T03:00:00/);
});

it('a schedule without recorded settings is listed all the same', async () => {
  const { client } = temporal.environment;
  const study = 'by-other-means@1';
  await client.schedule.create({
    scheduleId: refitId(study),
    spec: { cronExpressions: ['0 3 * * *'] },
    action: {
      ...{ type: 'startWorkflow', workflowType: 'refitWorkflow', taskQueue: study },
      args: [{ study }],
    },
  });
  const status = await describeSchedule(client, study);
  expect(status).toMatchObject({ spec: null, paused: false, missed: 0, recent: [] });
  expect(scheduleText(status)).toMatch(
    /^by-other-means@1: re-fit by a schedule that was not made by foretune/,
  );
});

describe('runs that were due while the server stood still, for longer than they are made up for', () => {
  let stack: TestStack;
  beforeEach(() => (stack = testStack()));
  afterEach(() => stack.close());

  it('are listed as missed', async () => {
    const client = await connectClient(stack.config, await stack.start());
    const study = 'missing@1';
    // The shortest time that Temporal takes.
    const short = { ...settings, catch_up: '10s' };
    await createSchedule(client, { study, taskQueue: study, settings: short });
    await (
      await scheduleOf(client, study)
    ).update(({ spec: _cron, ...rest }) => ({ ...rest, spec: { intervals: [{ every: '1s' }] } }));
    let status = await describeSchedule(client, study);
    while (!status.recent.length) status = await describeSchedule(client, study);
    expect(status.missed).toBe(0);
    const server = pidOf(stack.config, 'temporal');
    process.kill(server, 'SIGSTOP');
    await pause(12_500);
    process.kill(server, 'SIGCONT');
    while (!status.missed) status = await describeSchedule(client, study);
    expect(scheduleLine(summarizeSchedule(status))).toMatch(/; \d+ MISSED$/);
    await client.connection.close();
  });
});
