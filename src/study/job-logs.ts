/** The log of a run's job: finding it, printing it, following it until the job has ended. */
import { nearest } from '../base/explain';
import { NotFoundError } from '../base/errors';
import { pause } from '../base/processes';
import type { Cluster } from '../cluster/cluster';
import type { Row } from '../dataset/tables';
import { latestRuns } from '../domain/status';
import { stateOf } from './live-jobs';
import type { OnRecord } from './on-record';

const READ_MS = 500;

interface Following {
  /** How often the cluster is asked whether the job has ended. */
  readonly pollMs: number;
  /** Of a job that the cluster does not know: whether it is on its way there. */
  readonly isExpected: () => Promise<boolean>;
}

export interface LogStream {
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

/** On record: the row is written before its job is submitted. */
export async function isRunning(
  { dataset }: Pick<OnRecord, 'dataset'>,
  { study, run_id, job }: Row<'runs'>,
): Promise<boolean> {
  const newest = (await dataset.newest('runs', study)).get(run_id);
  return newest?.job === job && newest.status === 'running';
}

/** The newest attempt of a run, by the run's name or its job's. Throws NotFoundError with the nearest name. */
export async function findRun(
  session: Pick<OnRecord, 'dataset' | 'studies'>,
  name: string,
  study?: string,
): Promise<Row<'runs'>> {
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
