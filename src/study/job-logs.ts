/** The log of a run's job: finds, prints and follows it until the job has ended. */
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
  /** Interval between checks whether the job has ended. */
  readonly pollMs: number;
  /** For a job that the cluster does not know: whether it is still to be submitted. */
  readonly isExpected: () => Promise<boolean>;
}

export interface LogStream {
  /** Null: print only what the log has now. */
  readonly follow: Following | null;
  readonly write: (text: string) => void;
  /** Called once, if the log is empty at the first look. */
  readonly silent?: () => Promise<void>;
}

/** Writes a job's log, each part once. With `follow`, continues until the job has ended. */
export async function streamLog(
  cluster: Pick<Cluster, 'readLog' | 'poll'>,
  job: string,
  { follow, write, silent }: LogStream,
): Promise<void> {
  const first = await cluster.readLog(job, 0);
  if (first.text) write(first.text);
  let isOver = !follow;
  const over = () => void (isOver = true);
  // In parallel: the log can be read while the cluster is slow to answer or unavailable.
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
    // The status is read before the log, so that the last lines of the job are not missed.
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
    // An error of the cluster does not mean that the job has ended.
    const status = state instanceof Error ? null : state.status;
    if (status === 'succeeded' || status === 'failed') return;
    if (status === 'unknown' && !(await isExpected())) return;
    await pause(pollMs);
  }
}

/** Whether a run is on record as running: its row is written before its job is submitted. */
export async function isRunning(
  { dataset }: Pick<OnRecord, 'dataset'>,
  { study, run_id, job }: Row<'runs'>,
): Promise<boolean> {
  const newest = (await dataset.newest('runs', study)).get(run_id);
  return newest?.job === job && newest.status === 'running';
}

/**
 * The newest attempt of a run, by the name of the run or its job. Throws NotFoundError with the
 * nearest name.
 */
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
      `Several studies have a run "${name}": ${studies.join(', ')}. Choose one with --study.`,
    );
  const found = matches.at(-1);
  if (found) return found;
  const guess = nearest(name, [...latestRuns(rows).keys()]);
  throw new NotFoundError(
    `There is no run "${name}".${guess ? ` Did you mean "${guess}"?` : ''} To list the runs: npx foretune status <study> --runs`,
  );
}
