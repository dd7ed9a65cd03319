/** Schedules of re-fits, of a published study that is on record: part of commands.test.ts. */
import type { Client } from '@temporalio/client';
import { connectClient } from '../../src/temporal/client';
import { refitId } from '../../src/domain/ids';
import { describeSchedule } from '../../src/temporal/schedules';
import { unprobedStore } from '../../src/stack/open-store';
import { endpointsOf } from '../../src/stack/stack';
import { loadConfig, type Config } from '../../src/config';
import { cleanEnvironment, type Workplace } from '../support/cli';

const STUDY = 'zeng2025@1';
const BOOKS = `studies/${STUDY}`;

export function testSchedules(at: () => Workplace): void {
  it('a schedule re-fits, and what is unchanged is a no-op that commits nothing', async () => {
    const { version } = (await at().json<{ version: number }[]>('data', 'versions')).at(-1) ?? {};
    const created = ['schedule', 'create', 'zeng2025', '--cron', '0 3 * * *', '--timezone', 'UTC'];
    const { stderr } = await at().foretune(...created);
    expect(stderr).toContain('only while this machine is on');
    expect((await at().foretune(...created)).stderr).toContain('has a schedule');
    const ended = await at().json('schedule', 'trigger', 'zeng2025', '--wait');
    expect(ended).toMatchObject({ study: 'zeng2025@1', outcome: 'no-op' });
    const found = await at().json<Scheduled>('schedule', 'describe', 'zeng2025');
    expect(found).toMatchObject({ spec: { cron: '0 3 * * *', timezone: 'UTC' }, paused: false });
    expect(found.next[0]).toMatch(/T03:00:00/);
    expect(found.recent.map(({ outcome }) => outcome)).toEqual(['no-op']);
    expect((await at().json<{ version: number }[]>('data', 'versions')).at(-1)).toMatchObject({
      version,
    });
    const { schedule } = await at().json<{ schedule: object }>('status', 'zeng2025');
    expect(schedule).toMatchObject({
      next: found.next[0],
      last: { outcome: 'no-op' },
      ...{ missed: 0, failed: 0, paused: false },
    });
  }, 120_000);

  it('a schedule is listed, paused, let go on, and made up for', async () => {
    const schedule = (...args: string[]) => at().foretune('schedule', ...args);
    expect((await schedule('pause', 'zeng2025', '--note', 'holidays')).code).toBe(0);
    const listed = { study: 'zeng2025@1', cron: '0 3 * * *', timezone: 'UTC', last: 'no-op' };
    expect(await at().json('schedule', 'list')).toMatchObject([{ ...listed, paused: true }]);
    expect((await at().foretune('status', 'zeng2025')).stdout).toContain(
      'schedule PAUSED (holidays); last ',
    );
    expect((await schedule('unpause', 'zeng2025')).code).toBe(0);
    expect(await at().json('schedule', 'list')).toMatchObject([{ ...listed, paused: false }]);
    const days = ['2026-01-01T00:00:00Z', '2026-01-03T00:00:00Z'];
    expect((await schedule('backfill', 'zeng2025', ...days)).code).toBe(0);
    for (let outcomes: string[] = []; outcomes.length < 3 || outcomes.includes('running');) {
      const found = await at().json<Scheduled>('schedule', 'describe', 'zeng2025');
      outcomes = found.recent.map(({ outcome }) => outcome);
      expect(outcomes.filter((one) => one !== 'running')).not.toContain('failed');
    }
    expect((await schedule('backfill', 'zeng2025', 'yesterday', days[1] ?? '')).code).toBe(1);
    expect((await schedule('delete', 'zeng2025')).code).toBe(0);
    expect(await at().json('schedule', 'list')).toEqual([]);
    expect(await at().json('status', 'zeng2025')).not.toHaveProperty('schedule');
    expect(await at().foretune('schedule', 'describe', 'zeng2025')).toMatchObject({ code: 4 });
  }, 120_000);

  it('one that is older than the notes about schedules shows in status, its failed run too', async () => {
    const config = loadConfig({ ...cleanEnvironment(), FORETUNE_STATE_DIR: at().stateDir });
    const client = await connectClient(config, endpointsOf(config));
    await createAsBefore(client, config);
    const schedule = async () =>
      (await at().json<{ schedule: object }>('status', 'zeng2025')).schedule;
    expect(await schedule()).toMatchObject({ last: null, missed: 0, failed: 0, paused: false });

    const failed = await withDamagedSpec(config, () =>
      at().foretune('schedule', 'trigger', 'zeng2025', '--wait', '-o', 'json'),
    );
    expect(failed.code).toBe(2);
    const { outcome, reason } = JSON.parse(failed.stdout) as { outcome: string; reason: string };
    expect({ outcome, reason }).toEqual({
      outcome: 'failed',
      reason: expect.stringContaining('spec.json" is damaged') as string,
    });
    while (!(await describeSchedule(client, STUDY)).paused);
    await client.connection.close();
    expect(await schedule()).toMatchObject({
      last: { outcome, reason },
      ...{ missed: 0, failed: 1, paused: true, next: null },
    });
    const { stdout } = await at().foretune('status', 'zeng2025');
    expect(stdout).toMatch(/^schedule PAUSED \(.+\); last .+: failed, .+ damaged/m);
    expect(stdout).toContain('1 of the last ten FAILED');
    expect((await at().foretune('schedule', 'delete', 'zeng2025')).code).toBe(0);
  }, 120_000);
}

/** Before memos, and before a study's books said whether it has a schedule. */
async function createAsBefore(client: Client, config: Config): Promise<void> {
  await client.schedule.create({
    scheduleId: refitId(STUDY),
    spec: { cronExpressions: ['0 3 * * *'] },
    action: {
      ...{ type: 'startWorkflow', workflowType: 'refitWorkflow', workflowId: refitId(STUDY) },
      ...{ taskQueue: config.temporal.taskQueue, args: [{ study: STUDY }] },
    },
    policies: { pauseOnFailure: true },
  });
  const store = unprobedStore(endpointsOf(config));
  for (const note of ['scheduled', 'schedule-asked']) await store.delete(`${BOOKS}/${note}.json`);
}

/** So that a re-fit fails for good. */
async function withDamagedSpec<T>(config: Config, body: () => Promise<T>): Promise<T> {
  const store = unprobedStore(endpointsOf(config));
  const spec = (await store.get(`${BOOKS}/spec.json`)) ?? new Uint8Array();
  await store.put(`${BOOKS}/spec.json`, spec.slice(0, 100));
  try {
    return await body();
  } finally {
    await store.put(`${BOOKS}/spec.json`, spec);
  }
}

interface Scheduled {
  readonly next: readonly string[];
  readonly recent: readonly { readonly outcome: string }[];
}
