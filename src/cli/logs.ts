/** `foretune logs <run>`: what the job of a run printed. */
import type { Command } from 'commander';
import type { Cluster } from '../cluster/cluster';
import { openClusters } from '../clusters';
import { latestRuns } from '../domain/status';
import { nearest } from '../domain/explain';
import { NotFoundError } from '../errors';
import { pause } from '../processes';
import type { Row } from '../dataset/tables';
import type { CliContext } from './context';
import { openSession, type Session } from './session';

const POLL_MS = 500;

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
  const cluster = openClusters(context.config).get(run.cluster)?.cluster;
  if (!cluster)
    throw new NotFoundError(
      `Run "${name}" ran on cluster "${run.cluster}", which temporal.config.ts does not name.`,
    );
  const write = (text: string) => void process.stdout.write(text);
  await streamLog(cluster, run.job, { follow: options.follow ?? false, write });
}

/** Writes a job's log, each part once, and with `follow` goes on until the job has ended. */
export async function streamLog(
  cluster: Pick<Cluster, 'readLog' | 'live'>,
  job: string,
  { follow, write }: { readonly follow: boolean; readonly write: (text: string) => void },
): Promise<void> {
  for (let cursor = 0; ;) {
    // Asked before the log is read: what the job says at its very end is read after it.
    const goesOn = follow && (await cluster.live()).includes(job);
    const chunk = await cluster.readLog(job, cursor);
    if (chunk.text) write(chunk.text);
    cursor = chunk.cursor;
    if (!chunk.text && !goesOn) return;
    if (!chunk.text) await pause(POLL_MS);
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
