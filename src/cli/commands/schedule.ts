/** `foretune schedule`: regular re-fits. */
import { InvalidArgumentError, type Command } from 'commander';
import {
  backfillSchedule,
  changeSchedule,
  deleteSchedule,
  listSchedules,
  scheduleNamed,
  scheduleStudy,
} from '../../temporal/scheduled';
import { triggerSchedule, type ScheduleStatus } from '../../temporal/schedules';
import { openSession, openWorkSession, type Session } from '../../temporal/session';
import { EXIT, type CliContext } from '../context';
import { printObject, printRows } from '../words/output';
import { scheduleText } from '../words/schedule-text';

interface CreateOptions {
  readonly cron: string;
  readonly timezone: string;
  readonly jitter: string;
  readonly catchUp: string;
}

export function register(program: Command, context: CliContext): void {
  const schedule = program
    .command('schedule')
    .description('re-fit a study regularly; a re-fit does nothing when no row has changed');
  const command = (name: string) =>
    schedule.command(name).argument('<study>', 'name or name@version');
  command('create')
    .requiredOption('--cron <fields>', "minute, hour, day, month, weekday: '0 3 * * *'")
    .option('--timezone <name>', 'time zone of the cron fields: Europe/Berlin', 'UTC')
    .option('--jitter <time>', 'delay each start by a random time up to this: 10m', '0s')
    .option('--catch-up <time>', 'start a missed run if it was due at most this long ago', '12h')
    .description('create a schedule')
    .action((study: string, options: CreateOptions) => create(context, study, options));
  schedule
    .command('list')
    .description('list the schedules')
    .action(() => list(context));
  command('describe')
    .description('show the next run and how the last runs ended')
    .action((study: string) => show(context, study));
  command('trigger')
    .option('--wait', 'wait for the re-fit to end')
    .description('re-fit now')
    .action((study: string, { wait = false }: { wait?: boolean }) => trigger(context, study, wait));
  command('backfill')
    .argument('<from>', 'a time such as 2026-11-01T00:00:00Z', parseDate)
    .argument('<to>', 'a later time', parseDate)
    .description('start the runs that were due between two times, one after the other')
    .action((study: string, start: Date, end: Date) =>
      change(context, 'backfills', (session) => backfillSchedule(session, study, { start, end })),
    );
  command('pause')
    .option('--note <text>', 'reason of the pause', 'paused by foretune schedule pause')
    .description('start no runs until the schedule is unpaused')
    .action((study: string, { note }: { note: string }) =>
      change(context, 'is paused', (session) =>
        changeSchedule(session, study, (handle) => handle.pause(note)),
      ),
    );
  command('unpause')
    .description('unpause the schedule')
    .action((study: string) =>
      change(context, 'is unpaused', (session) =>
        changeSchedule(session, study, (handle) => handle.unpause()),
      ),
    );
  command('delete')
    .description('delete the schedule; recorded fits are kept')
    .action((study: string) =>
      change(context, 'is deleted', (session) => deleteSchedule(session, study)),
    );
}

async function create(context: CliContext, name: string, options: CreateOptions): Promise<void> {
  const session = await openWorkSession(context.config, context.stderr);
  const { cron, timezone, jitter, catchUp: catch_up } = options;
  const status = await scheduleStudy(session, name, { cron, timezone, jitter, catch_up });
  if (context.config.temporal.address === null)
    context.stderr(
      'Note: Temporal runs on this machine. The schedule runs only while this machine is on and the servers are up (npx foretune up).',
    );
  print(context, status);
}

async function list(context: CliContext): Promise<void> {
  const found = await listSchedules(await openSession(context.config, context.stderr));
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
}

async function show(context: CliContext, name: string): Promise<void> {
  print(context, await scheduleNamed(await openSession(context.config, context.stderr), name));
}

async function trigger(context: CliContext, name: string, wait: boolean): Promise<void> {
  const { client, studies } = await openWorkSession(context.config, context.stderr);
  const study = await studies.resolve(name);
  const { already, end } = await triggerSchedule(client, study);
  if (already) context.stderr('A re-fit is already running; no second one was started.');
  if (!wait) return context.stderr(`See how it ends: npx foretune schedule describe ${study}`);
  const { outcome, reason } = await end();
  printObject(context, { study, outcome, reason }, () => `${study}: ${outcome}, ${reason}`);
  context.setExitCode(outcome === 'failed' ? EXIT.failed : EXIT.done);
}

/** `act` returns the study's full name. */
async function change(
  context: CliContext,
  done: string,
  act: (session: Session) => Promise<string>,
): Promise<void> {
  const session = await openSession(context.config, context.stderr);
  context.stderr(`The schedule of ${await act(session)} ${done}.`);
}

function print(context: CliContext, status: ScheduleStatus): void {
  printObject(context, status, () => scheduleText(status));
}

function parseDate(text: string): Date {
  const time = new Date(text);
  if (!Number.isNaN(time.getTime())) return time;
  throw new InvalidArgumentError(`"${text}" is not a time such as 2026-11-01T00:00:00Z.`);
}
