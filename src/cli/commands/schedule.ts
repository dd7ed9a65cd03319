/** `foretune schedule`: re-fits that come by themselves. */
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
      change(context, 'backfills', (session) => backfillSchedule(session, study, { start, end })),
    );
  command('pause')
    .option('--note <text>', 'why', 'paused by foretune schedule pause')
    .description('run nothing until it is unpaused')
    .action((study: string, { note }: { note: string }) =>
      change(context, 'is paused', (session) =>
        changeSchedule(session, study, (handle) => handle.pause(note)),
      ),
    );
  command('unpause')
    .description('go on')
    .action((study: string) =>
      change(context, 'goes on', (session) =>
        changeSchedule(session, study, (handle) => handle.unpause()),
      ),
    );
  command('delete')
    .description('delete the schedule; fits stay')
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
      'Note: Temporal runs on this machine. The schedule runs while the machine is up and `npx foretune up` was called.',
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
  if (already) context.stderr('A re-fit is running: no other one was started.');
  if (!wait) return context.stderr(`See how it ends: npx foretune schedule describe ${study}`);
  const { outcome, reason } = await end();
  printObject(context, { study, outcome, reason }, () => `${study}: ${outcome}, ${reason}`);
  context.setExitCode(outcome === 'failed' ? EXIT.failed : EXIT.done);
}

/** `act` returns the study's whole name. */
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
