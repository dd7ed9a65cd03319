/** `foretune logs <run>`: what the job of a run printed. */
import type { Command } from 'commander';
import type { Cluster } from '../../cluster/cluster';
import type { JobNames } from '../../cluster/kind';
import { openClusters } from '../../study/clusters';
import { latestRuns } from '../../domain/status';
import { nearest } from '../../base/explain';
import { NotFoundError } from '../../base/errors';
import { pause } from '../../base/processes';
import type { Row } from '../../dataset/tables';
import type { CliContext } from '../context';
import { stateOf } from '../live-jobs';
import { describeJob } from '../words/reasons';
import { openSession, type Session } from '../session';

const READ_MS = 500;

interface LogOptions {
  readonly study?: string;
  readonly follow?: boolean;
}

export function register(program: Command, context: CliContext): void {
  program
    .command('logs')
    .argument('<run>', 'a run as `status --runs` names it, or a job')
    .option('--study <study>', 'study of the run; by default the one that knows it')
    .option('-f, --follow', 'go on until the job ends')
    .description("print the log of a run's job")
    .action((run: string, options: LogOptions) => printLog(context, run, options));
}

async function printLog(context: CliContext, name: string, options: LogOptions): Promise<void> {
  const session = await openSession(context);
  const run = await findRun(session, name, options.study);
  const entry = openClusters(context.config).get(run.cluster);
  if (!entry)
    throw new NotFoundError(
      `Run "${name}" ran on cluster "${run.cluster}", which temporal.config.ts does not name.`,
    );
  const { cluster, poll_ms: pollMs, jobNames } = entry;
  const follow = options.follow ? { pollMs, isExpected: () => isRunning(session, run) } : null;
  const why = () => whySilent(run, cluster, jobNames);
  await streamLog(cluster, run.job, { follow, ...printer(context, why) });
}

function printer(
  context: CliContext,
  why: () => Promise<string>,
): Pick<LogStream, 'write' | 'silent'> {
  let hasPrinted = false;
  return {
    write: (text) => {
      hasPrinted = true;
      process.stdout.write(text);
    },
    silent: async () => {
      const reason = await why();
      if (!hasPrinted) context.stderr(reason);
    },
  };
}

/** Of a log that holds nothing: why, as `status --runs` has it. */
export async function whySilent(
  { run_id, job, status }: Pick<Row<'runs'>, 'run_id' | 'job' | 'status'>,
  cluster: Pick<Cluster, 'poll'>,
  names?: JobNames,
): Promise<string> {
  if (status !== 'running') return `Run "${run_id}" is ${status}, and its job printed nothing.`;
  return `Nothing printed yet: ${describeJob(await stateOf(cluster, job), names)}`;
}

/** On record: the row is written before its job is submitted. */
async function isRunning({ dataset }: Session, { study, run_id, job }: Row<'runs'>) {
  const newest = (await dataset.newest('runs', study)).get(run_id);
  return newest?.job === job && newest.status === 'running';
}

interface Following {
  /** How often the cluster is asked whether the job has ended. */
  readonly pollMs: number;
  /** Of a job that the cluster does not know: whether it is on its way there. */
  readonly isExpected: () => Promise<boolean>;
}

interface LogStream {
  /** Null: only what the log holds now. */
  readonly follow: Following | null;
  readonly write: (text: string) => void;
  /** Called once, where the first look finds nothing. */
  readonly silent?: () => Promise<void>;
}

/** Writes a job's log, each part once, and where it is followed goes on until the job has ended. */
export async function streamLog(
  cluster: Pick<Cluster, 'readLog' | 'poll'>,
  job: string,
  { follow, write, silent }: LogStream,
): Promise<void> {
  const first = await cluster.readLog(job, 0);
  if (first.text) write(first.text);
  let isOver = !follow;
  const over = () => void (isOver = true);
  // Side by side: the log can be read while the cluster is slow to answer, or away.
  await Promise.all([
    follow && untilEnded(cluster, job, follow, () => isOver).finally(over),
    copyLog(cluster, { job, from: first.cursor }, write, () => isOver).finally(over),
    first.text ? undefined : silent?.(),
  ]);
}

async function copyLog(
  cluster: Pick<Cluster, 'readLog'>,
  { job, from }: { readonly job: string; readonly from: number },
  write: LogStream['write'],
  isOver: () => boolean,
): Promise<void> {
  for (let cursor = from; ;) {
    // Asked before the log is read: what the job says at its very end is read after it.
    const isLast = isOver();
    const chunk = await cluster.readLog(job, cursor);
    if (chunk.text) write(chunk.text);
    cursor = chunk.cursor;
    if (!chunk.text && isLast) return;
    if (!chunk.text) await pause(READ_MS);
  }
}

async function untilEnded(
  cluster: Pick<Cluster, 'poll'>,
  job: string,
  { pollMs, isExpected }: Following,
  isLeft: () => boolean,
): Promise<void> {
  while (!isLeft()) {
    const state = await stateOf(cluster, job);
    // A cluster that does not answer has ended no job.
    const status = state instanceof Error ? null : state.status;
    if (status === 'succeeded' || status === 'failed') return;
    if (status === 'unknown' && !(await isExpected())) return;
    await pause(pollMs);
  }
}

async function findRun(session: Session, name: string, study?: string): Promise<Row<'runs'>> {
  const id = study === undefined ? undefined : await session.studies.resolve(study);
  const rows = await session.dataset.read('runs', { ...(id === undefined ? {} : { study: id }) });
  const matches = rows.filter((row) => row.job && (row.run_id === name || row.job === name));
  const studies = [...new Set(matches.map((row) => row.study))];
  if (studies.length > 1)
    throw new NotFoundError(
      `Several studies have a run "${name}": ${studies.join(', ')}. Name one with --study.`,
    );
  const found = matches.at(-1);
  if (found) return found;
  const guess = nearest(name, [...latestRuns(rows).keys()]);
  throw new NotFoundError(
    `There is no run "${name}".${guess ? ` Did you mean "${guess}"?` : ''} \`npx foretune status <study> --runs\` lists them.`,
  );
}
