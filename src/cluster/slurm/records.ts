/** What is on record of a job's end: its leader's own word, else the scheduler's, written down once. */
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

/** An attempt that was given to Slurm, and whose end is not on record. */
export interface Look {
  readonly name: string;
  readonly folder: JobFolder;
  readonly attempt: number;
  /** What its leader wrote of an end whose cause only the scheduler knows. */
  readonly exit: Exit | null;
  readonly submission: Submission;
  /** Its end is known, and accounting is asked only for the GPU time. */
  readonly isUncounted: boolean;
}

export class Records {
  constructor(
    private readonly ledger: Ledger,
    private readonly settings: Pick<SlurmSettings, 'gpus' | 'nodes' | 'tasks_per_node'>,
  ) {}

  /** The state of a job that needs no scheduler to tell, else what there is to ask it about. */
  async look(name: string): Promise<Look | JobState> {
    const folder = this.ledger.folder(name);
    const attempt = await folder.attempt();
    if (attempt === null) return { status: 'unknown' };
    // One look at the folder for all its files: this is done for every job at every poll.
    const names = await readdir(folder.control(attempt)).catch((): string[] => []);
    const exit = names.includes('exit.json') ? await folder.exit(attempt) : null;
    const isOver = exit !== null && !(await this.isOpen(folder, attempt, exit));
    const hasBegun = names.includes('wrapper.json');
    // GPU time is accounting's to tell.
    const counts = this.settings.gpus > 0;
    const isUncounted = isOver && counts && hasBegun && exit.allocation === undefined;
    if (isOver && !isUncounted) return ended(folder, attempt, exit, classByWords);
    const submission = await this.ledger.submission(folder, attempt, names);
    if (!submission || submission.withdrawn) return { status: 'unknown' };
    return { name, folder, attempt, exit, submission, isUncounted };
  }

  /** Writes down what accounting counts, or that it says nothing. */
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

  /** The leader's record keeps what it says of usage; without one, the scheduler's word becomes the record. */
  async writeEnd(look: Look, end: End): Promise<JobState> {
    const { folder, attempt, exit } = look;
    const file = folder.control(attempt, 'exit.json');
    const words = lastLines(this.ledger.logFile(look.submission.batch, look.submission.place));
    const { ended_by, ...told } = byItsLog(end, words);
    const reason = told.reason === null ? {} : { reason: told.reason };
    const allocation = allocationOf(end.row);
    const known = exit ?? (await recordOf(look, end));
    const record = { ...known, ended_by, allocation, settled: true, ...reason };
    const isKept = await kept(exit ? writeJson(file, record) : writeOnce(file, record));
    const standing = (isKept && (await folder.exit(attempt))) || record;
    return ended(folder, attempt, standing, classByWords);
  }

  /** Ended from outside, or so it may be, and nobody here asked for it: only the scheduler knows why. */
  private async isOpen(folder: JobFolder, attempt: number, exit: Exit): Promise<boolean> {
    const { settled = false, ended_by, signal, exit_code } = exit;
    if (settled) return false;
    if (ended_by === 'cancelled') return !(await folder.cancelled(attempt));
    if (ended_by !== null) return false;
    // srun ends by itself when one of its tasks is gone.
    const isTorn = isShared(this.settings) && exit_code !== 0;
    return isTorn || signal === 'SIGKILL' || signal === 'SIGTERM';
  }
}

/** What Slurm and a job's leader print, which is little, and only when something is wrong, says more of its end. */
function byItsLog(end: End, log: string): Pick<End, 'ended_by' | 'reason'> {
  const { ended_by, reason } = end;
  if (ended_by === 'cancelled' || ended_by === 'preempted') return end;
  const unexplained = ended_by === null || ended_by === 'node_failure';
  const isMemory = unexplained && saysMemoryKill(log);
  const told = isMemory ? `${endOf('OUT_OF_MEMORY', null)}.` : reason;
  if (told === null) return end;
  const words = [told, log === '(no log)' ? '' : log].filter(Boolean).join('\n');
  return { ended_by: isMemory ? 'out_of_memory' : ended_by, reason: words };
}

/** An end that cannot be written down, on a disk that is full, is told all the same: the next look finds it again. */
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

/** What squeue says has no such figures. */
function allocationOf(row: SlurmRow | undefined): { seconds: number; gpus: number } | null {
  if (!row || row.elapsed_seconds === null) return null;
  return { seconds: row.elapsed_seconds, gpus: row.gpus };
}
