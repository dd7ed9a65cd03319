/** What is on record of a job's end: its leader's own word, else the scheduler's, written down once. */
import { readdir } from 'node:fs/promises';
import { lastLines } from '../../processes';
import type { JobState } from '../cluster';
import { writeJson, writeOnce, type Exit, type JobFolder } from '../job-folder';
import { ended, unstarted } from '../job-state';
import type { Ledger, Submission } from './ledger';
import type { SlurmRow } from './parse';
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
    /** Whether GPU time is asked for. */
    private readonly counts: boolean,
  ) {}

  /** The state of a job that needs no scheduler to tell, else what there is to ask it about. */
  async look(name: string): Promise<Look | JobState> {
    const folder = this.ledger.folder(name);
    const attempt = await folder.attempt();
    if (attempt === null) return { status: 'unknown' };
    // One look at the folder for all its files: this is done for every job at every poll.
    const names = await readdir(folder.control(attempt)).catch((): string[] => []);
    const exit = names.includes('exit.json') ? await folder.exit(attempt) : null;
    const isOver = exit !== null && !(await isOpen(folder, attempt, exit));
    const hasBegun = names.includes('wrapper.json');
    const isUncounted = isOver && this.counts && hasBegun && exit.allocation === undefined;
    if (isOver && !isUncounted) return ended(folder, attempt, exit);
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
    await writeJson(folder.control(attempt, 'exit.json'), counted);
    return ended(folder, attempt, counted);
  }

  async isSettled(name: string, attempt: number): Promise<boolean> {
    const folder = this.ledger.folder(name);
    const exit = await folder.exit(attempt);
    return exit !== null && !(await isOpen(folder, attempt, exit));
  }

  /** The leader's record keeps what it says of usage; without one, the scheduler's word becomes the record. */
  async writeEnd(look: Look, end: End): Promise<JobState> {
    const { folder, attempt, exit } = look;
    const file = folder.control(attempt, 'exit.json');
    const reason = end.reason === null ? {} : { reason: this.withLeadersWords(look, end) };
    const { ended_by } = end;
    const allocation = allocationOf(end.row);
    if (exit) await writeJson(file, { ...exit, ended_by, allocation, settled: true, ...reason });
    else await writeOnce(file, { ...(await recordOf(look, end)), ...reason });
    const written = await folder.exit(attempt);
    return written ? ended(folder, attempt, written) : { status: 'unknown' };
  }

  /** Slurm and the leader print little, and only when something is wrong. */
  private withLeadersWords({ submission }: Look, { reason, ended_by }: End): string {
    if (ended_by === 'cancelled' || ended_by === 'preempted') return reason ?? '';
    const words = lastLines(this.ledger.logFile(submission.batch, submission.place));
    return [reason, words === '(no log)' ? '' : words].filter(Boolean).join('\n');
  }
}

async function recordOf({ folder, attempt }: Look, { ended_by, row }: End): Promise<Exit> {
  return {
    ...unstarted(ended_by),
    log_start: (await folder.wrapper(attempt))?.log_start ?? 0,
    ended_at: row?.ended_at ?? new Date(),
    wall_seconds: row?.elapsed_seconds ?? 0,
    allocation: allocationOf(row),
    settled: true,
    ...(row && { external_id: row.id }),
  };
}

/** What squeue says has no such figures. */
function allocationOf(row: SlurmRow | undefined): { seconds: number; gpus: number } | null {
  if (!row || row.elapsed_seconds === null) return null;
  return { seconds: row.elapsed_seconds, gpus: row.gpus };
}

/** Ended from outside, and nobody here asked for it: only the scheduler knows why. */
async function isOpen(folder: JobFolder, attempt: number, exit: Exit): Promise<boolean> {
  const { settled = false, ended_by, signal } = exit;
  if (settled) return false;
  if (ended_by === null) return signal === 'SIGKILL';
  return ended_by === 'cancelled' && !(await folder.cancelled(attempt));
}
