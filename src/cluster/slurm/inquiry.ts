/** Queries Slurm about jobs without a recorded end, and tracks how long it has not listed them. */
import type { Wrapper } from '../disk/job-folder';
import type { Ledger, Submission } from './ledger';
import type { SlurmRow } from './parse';
import type { Look } from './records';
import type { Rows, Scheduler } from './scheduler';
import { isLive, type Evidence } from './verdict';

export interface Answers {
  readonly queue: Rows;
  readonly past: Rows;
}

type Attempt = Pick<Look, 'name' | 'attempt'>;

export class Inquiry {
  /** Since when squeue has not listed an attempt as waiting or running. */
  private readonly missing = new Map<string, number>();

  constructor(
    private readonly ledger: Ledger,
    private readonly scheduler: Scheduler,
    private readonly graceMs: number,
  ) {}

  /** Calls squeue once, and sacct once if squeue is not enough. */
  async ask(looks: readonly Look[]): Promise<Answers> {
    if (!looks.length) return { queue: new Map(), past: new Map() };
    const queue = await this.scheduler.queue();
    // A job that has ended may be listed until its node has cleaned up.
    const missing = looks.filter(
      ({ submission, isUncounted }) => isUncounted || !isListed(this.find(queue, submission)),
    );
    if (!missing.length) return { queue, past: new Map() };
    const names = new Set(missing.map(({ submission }) => this.ledger.jobName(submission.batch)));
    const first = Math.min(...missing.map(({ submission }) => submission.at.getTime()));
    return { queue, past: await this.scheduler.accounting([...names], new Date(first)) };
  }

  find(rows: Rows, { batch, place }: Submission): SlurmRow | undefined {
    const own = rows.get(this.ledger.jobName(batch)) ?? [];
    return own.find(({ task }) => task === null || task === place);
  }

  async evidence(look: Look, { queue, past }: Answers): Promise<Evidence> {
    const { submission, folder, attempt } = look;
    const listed = this.find(queue, submission);
    const wrapper = isListed(listed) ? null : await folder.wrapper(attempt);
    const queued = rowOf(wrapper, listed, queue);
    return {
      ...look,
      ...{ wrapper, queued },
      accounted: rowOf(wrapper, this.find(past, submission), past),
      missing_ms: this.missingFor(look, queued),
      grace_ms: this.graceMs,
    };
  }

  /** Forgets an attempt that is submitted again, or whose end is recorded. */
  close(attempt: Attempt): void {
    this.missing.delete(keyOf(attempt));
  }

  private missingFor(look: Look, row: SlurmRow | undefined): number {
    const key = keyOf(look);
    if (!look.isUncounted && isListed(row)) this.missing.delete(key);
    else if (!this.missing.has(key)) this.missing.set(key, Date.now());
    return Date.now() - (this.missing.get(key) ?? Date.now());
  }
}

function isListed(row: SlurmRow | undefined): boolean {
  return row !== undefined && isLive(row);
}

/**
 * If a late response caused a second submission, the first job to start runs, and the other exits
 * at once.
 */
function rowOf(
  wrapper: Wrapper | null,
  row: SlurmRow | undefined,
  rows: Rows,
): SlurmRow | undefined {
  const id = wrapper?.job_id;
  if (id === undefined || row === undefined || row.id === id) return row;
  return [...rows.values()].flat().find((one) => one.id === id);
}

function keyOf({ name, attempt }: Attempt): string {
  return `${name}/${attempt}`;
}
