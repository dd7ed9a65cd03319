/** `foretune schedule`: re-fits that come by themselves. */
import { ScheduleOverlapPolicy, type Client, type ScheduleHandle } from '@temporalio/client';
import { InvalidArgumentError, type Command } from 'commander';
import { connectClient } from '../../temporal/client';
import {
  createSchedule,
  describeSchedule,
  scheduledStudies,
  scheduleOf,
  triggerSchedule,
  type ScheduleSettings,
  type ScheduleStatus,
} from '../../temporal/schedules';
import { EXIT, type CliContext } from '../context';
import { formatTable, printObject, printRows } from '../words/output';
import { noteAnswer } from '../../study/schedule-notes';
import { openSession, openWorkSession, type Session } from '../../temporal/session';

interface CreateOptions {
  readonly cron: string;
  readonly timezone: string;
  readonly jitter: string;
  readonly catchUp: string;
}

export function register(program: Command, context: CliContext): void {
  const schedule = program
    .command('schedule')
    .description('re-fit a study by the clock: unchanged rows are a no-op');
  const command = (name: string) =>
    schedule.command(name).argument('<study>', 'name or name@version');
  command('create')
    .requiredOption('--cron <fields>', "minute, hour, day, month, weekday: '0 3 * * *'")
    .option('--timezone <name>', 'whose clock: Europe/Berlin', 'UTC')
    .option('--jitter <time>', 'start up to so much later: 10m', '0s')
    .option('--catch-up <time>', 'make up for a run that was due so long ago', '12h')
    .description('make a schedule')
    .action((study: string, options: CreateOptions) => create(context, study, options));
  schedule
    .command('list')
    .description('list the schedules')
    .action(() => list(context));
  command('describe')
    .description('show when it runs next and how the last runs ended')
    .action((study: string) => show(context, study));
  command('trigger')
    .option('--wait', 'wait until the re-fit has ended')
    .description('re-fit now')
    .action((study: string, { wait = false }: { wait?: boolean }) => trigger(context, study, wait));
  command('backfill')
    .argument('<from>', 'a time such as 2026-11-01T00:00:00Z', parseDate)
    .argument('<to>', 'a later time', parseDate)
    .description('run what would have been due between two times, one after the other')
    .action((study: string, start: Date, end: Date) =>
      change(context, study, 'backfills', (handle) =>
        handle.backfill({ start, end, overlap: ScheduleOverlapPolicy.BUFFER_ALL }),
      ),
    );
  command('pause')
    .option('--note <text>', 'why', 'paused by foretune schedule pause')
    .description('run nothing until it is unpaused')
    .action((study: string, { note }: { note: string }) =>
      change(context, study, 'is paused', (handle) => handle.pause(note)),
    );
  command('unpause')
    .description('go on')
    .action((study: string) => change(context, study, 'goes on', (handle) => handle.unpause()));
  command('delete')
    .description('delete the schedule; fits stay')
    .action((study: string) => remove(context, study));
}

async function create(context: CliContext, name: string, options: CreateOptions): Promise<void> {
  const session = await openWorkSession(context);
  const study = await session.studies.resolve(name);
  const { cron, timezone, jitter, catchUp: catch_up } = options;
  const settings: ScheduleSettings = { cron, timezone, jitter, catch_up };
  const { taskQueue } = context.config.temporal;
  await session.studies.markScheduled(study, true);
  await createSchedule(session.client, { study, taskQueue, settings });
  if (context.config.temporal.address === null)
    context.stderr(
      'Note: Temporal runs on this machine. The schedule runs while the machine is up and `npx foretune up` was called.',
    );
  print(context, await describeSchedule(session.client, study));
}

async function list(context: CliContext): Promise<void> {
  await withClient(context, async ({ client }) => {
    const studies = await scheduledStudies(client);
    const found = await Promise.all(studies.map((study) => describeSchedule(client, study)));
    if (!found.length)
      context.stderr(
        "There is no schedule. Create one: npx foretune schedule create <study> --cron '0 3 * * *'",
      );
    const rows = found.map(({ study, spec, paused, next, recent }) => ({
      study,
      cron: spec?.cron ?? null,
      timezone: spec?.timezone ?? null,
      paused,
      next: next[0] ?? null,
      last: recent.at(-1)?.outcome ?? null,
    }));
    printRows(context, rows, ['study', 'cron', 'timezone', 'paused', 'next', 'last']);
  });
}

async function show(context: CliContext, name: string): Promise<void> {
  await withClient(context, async (session) => {
    const study = await session.studies.resolve(name);
    const status = await describeSchedule(session.client, study);
    await noteAnswer(session, study, true);
    print(context, status);
  });
}

async function trigger(context: CliContext, name: string, wait: boolean): Promise<void> {
  const { client, studies } = await openWorkSession(context);
  const study = await studies.resolve(name);
  const { already, end } = await triggerSchedule(client, study);
  if (already) context.stderr('A re-fit is running: no other one was started.');
  if (!wait) return context.stderr(`See how it ends: npx foretune schedule describe ${study}`);
  const { outcome, reason } = await end();
  printObject(context, { study, outcome, reason }, () => `${study}: ${outcome}, ${reason}`);
  context.setExitCode(outcome === 'failed' ? EXIT.failed : EXIT.done);
}

async function change(
  context: CliContext,
  name: string,
  done: string,
  act: (handle: ScheduleHandle, session: Session, study: string) => Promise<void>,
): Promise<void> {
  await withClient(context, async (session) => {
    const study = await session.studies.resolve(name);
    await act(await scheduleOf(session.client, study), session, study);
    context.stderr(`The schedule of ${study} ${done}.`);
  });
}

async function remove(context: CliContext, name: string): Promise<void> {
  await change(context, name, 'is deleted', async (handle, { studies }, study) => {
    await handle.delete();
    await studies.markScheduled(study, false);
  });
}

async function withClient(
  context: CliContext,
  work: (session: Session & { client: Client }) => Promise<void>,
): Promise<void> {
  const session = await openSession(context);
  const client = await connectClient(context.config, session.endpoints);
  try {
    await work({ ...session, client });
  } finally {
    await client.connection.close();
  }
}

function print(context: CliContext, status: ScheduleStatus): void {
  printObject(context, status, () => scheduleText(status));
}

export function scheduleText(status: ScheduleStatus): string {
  const { study, spec, paused, note, next, recent, missed, skipped } = status;
  const rows = recent.map(({ started, outcome, reason }) => [
    started.toISOString(),
    outcome,
    reason,
  ]);
  const when = spec
    ? `at '${spec.cron}' (${spec.timezone})`
    : 'by a schedule that foretune did not make';
  const state = paused ? `, PAUSED${note ? `: ${note}` : ''}` : '';
  return [
    `${study}: re-fit ${when}${state}`,
    `next: ${next.map((time) => time.toISOString()).join(', ') || 'never'}`,
    ...(missed
      ? [`${missed} runs were missed: nothing ran when they were due, nor soon after`]
      : []),
    ...(skipped ? [`${skipped} runs were left out: the one before was still running`] : []),
    ...(rows.length ? ['', formatTable(['started', 'outcome', 'reason'], rows)] : []),
  ].join('\n');
}

function parseDate(text: string): Date {
  const time = new Date(text);
  if (!Number.isNaN(time.getTime())) return time;
  throw new InvalidArgumentError(`"${text}" is not a time such as 2026-11-01T00:00:00Z.`);
}
