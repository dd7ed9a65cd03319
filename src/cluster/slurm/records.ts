/** Records the end of a job once: from its leader, otherwise from the scheduler. */
import { readdir } from 'node:fs/promises';
import { ClusterUnavailableError } from '../../base/errors';
import { lastLines } from '../../base/processes';
import type { JobState } from '../cluster';
import { writeJson, writeOnce, type Exit, type JobFolder } from '../disk/job-folder';
import { ended, unstarted } from '../disk/job-state';
import { isShared, type SlurmSettings } from './settings';
import { classByWords, saysMemoryKill } from './evidence';
import type { Ledger, Submission } from './ledger';
import type { SlurmRow } from './parse';
import { endOf } from './states';
import type { End } from './verdict';

/** An attempt that was submitted to Slurm, and whose end is not recorded. */
export interface Look {
  readonly name: string;
  readonly folder: JobFolder;
  readonly attempt: number;
  /** The leader's record of an end whose cause only the scheduler knows. */
  readonly exit: Exit | null;
  readonly submission: Submission;
  /** Whether the end is known and only the GPU time is missing. */
  readonly isUncounted: boolean;
}

export class Records {
  constructor(
    private readonly ledger: Ledger,
    private readonly settings: Pick<SlurmSettings, 'gpus' | 'nodes' | 'tasks_per_node'>,
  ) {}

  /** The state of a job if its files determine it, otherwise what to ask the scheduler about. */
  async look(name: string): Promise<Look | JobState> {
    const folder = this.ledger.folder(name);
    const attempt = await folder.attempt();
    if (attempt === null) return { status: 'unknown' };
    // Lists the folder once for all its files, since this runs for every job at every poll.
    const names = await readdir(folder.control(attempt)).catch((): string[] => []);
    const exit = names.includes('exit.json') ? await folder.exit(attempt) : null;
    const isOver = exit !== null && !(await this.isOpen(folder, attempt, exit));
    const hasBegun = names.includes('wrapper.json');
    // Only accounting knows the GPU time.
    const counts = this.settings.gpus > 0;
    const isUncounted = isOver && counts && hasBegun && exit.allocation === undefined;
    if (isOver && !isUncounted) return ended(folder, attempt, exit, classByWords);
    const submission = await this.ledger.submission(folder, attempt, names);
    if (!submission || submission.withdrawn) return { status: 'unknown' };
    return { name, folder, attempt, exit, submission, isUncounted };
  }

  /** Records the allocation from accounting, or that there is none. */
  async writeAllocation(
    { folder, attempt, exit }: Pick<Look, 'folder' | 'attempt' | 'exit'>,
    row: SlurmRow | undefined,
  ): Promise<JobState> {
    if (!exit) return { status: 'unknown' };
    const counted = { ...exit, allocation: allocationOf(row) };
    await kept(writeJson(folder.control(attempt, 'exit.json'), counted));
    return ended(folder, attempt, counted, classByWords);
  }

  async isSettled(name: string, attempt: number): Promise<boolean> {
    const folder = this.ledger.folder(name);
    const exit = await folder.exit(attempt);
    return exit !== null && !(await this.isOpen(folder, attempt, exit));
  }

  /**
   * Keeps the resource usage of the leader's record; without such a record, writes one from the
   * scheduler's data.
   */
  async writeEnd(look: Look, end: End): Promise<JobState> {
    const { folder, attempt, exit } = look;
    const file = folder.control(attempt, 'exit.json');
    const words = lastLines(this.ledger.logFile(look.submission.batch, look.submission.place));
    const { ended_by, ...found } = byItsLog(end, words);
    const reason = found.reason === null ? {} : { reason: found.reason };
    const allocation = allocationOf(end.row);
    const known = exit ?? (await recordOf(look, end));
    const record = { ...known, ended_by, allocation, settled: true, ...reason };
    const isKept = await kept(exit ? writeJson(file, record) : writeOnce(file, record));
    const settled = (isKept && (await folder.exit(attempt))) || record;
    return ended(folder, attempt, settled, classByWords);
  }

  /**
   * Whether another process ended, or may have ended, the job without our request: only the
   * scheduler knows why.
   */
  private async isOpen(folder: JobFolder, attempt: number, exit: Exit): Promise<boolean> {
    const { settled = false, ended_by, signal, exit_code } = exit;
    if (settled) return false;
    if (ended_by === 'cancelled') return !(await folder.cancelled(attempt));
    if (ended_by !== null) return false;
    // srun exits when one of its tasks has died.
    const isTorn = isShared(this.settings) && exit_code !== 0;
    return isTorn || signal === 'SIGKILL' || signal === 'SIGTERM';
  }
}

/** Adds the log of Slurm and the job's leader, which is short and written only on errors. */
function byItsLog(end: End, log: string): Pick<End, 'ended_by' | 'reason'> {
  const { ended_by, reason } = end;
  if (ended_by === 'cancelled' || ended_by === 'preempted') return end;
  const unexplained = ended_by === null || ended_by === 'node_failure';
  const isMemory = unexplained && saysMemoryKill(log);
  const known = isMemory ? `${endOf('OUT_OF_MEMORY', null)}.` : reason;
  if (known === null) return end;
  const words = [known, log === '(no log)' ? '' : log].filter(Boolean).join('\n');
  return { ended_by: isMemory ? 'out_of_memory' : ended_by, reason: words };
}

/**
 * An end that cannot be recorded, as on a full disk, is still reported: the next poll finds it
 * again.
 */
async function kept(writing: Promise<unknown>): Promise<boolean> {
  try {
    await writing;
    return true;
  } catch (error) {
    if (error instanceof ClusterUnavailableError) return false;
    throw error;
  }
}

async function recordOf({ folder, attempt }: Look, { ended_by, row }: End): Promise<Exit> {
  return {
    ...unstarted(ended_by),
    log_start: (await folder.wrapper(attempt))?.log_start ?? 0,
    ended_at: row?.ended_at ?? new Date(),
    wall_seconds: row?.elapsed_seconds ?? 0,
    ...(row && { external_id: row.id }),
  };
}

/** Null for rows of squeue, which have no such figures. */
function allocationOf(row: SlurmRow | undefined): { seconds: number; gpus: number } | null {
  if (!row || row.elapsed_seconds === null) return null;
  return { seconds: row.elapsed_seconds, gpus: row.gpus };
}
