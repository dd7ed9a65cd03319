/** What Slurm says of jobs whose end is not on record, and for how long it has not known them. */
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
  /** Since when squeue has not known an attempt as waiting or running. */
  private readonly missing = new Map<string, number>();

  constructor(
    private readonly ledger: Ledger,
    private readonly scheduler: Scheduler,
    private readonly graceMs: number,
  ) {}

  /** One squeue, and one sacct where that is not enough. */
  async ask(looks: readonly Look[]): Promise<Answers> {
    if (!looks.length) return { queue: new Map(), past: new Map() };
    const queue = await this.scheduler.queue();
    const missing = looks.filter(({ submission }) => {
      const row = this.find(queue, submission);
      return !row || !isLive(row);
    });
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
    const queued = this.find(queue, look.submission);
    return {
      ...look,
      wrapper: queued && isLive(queued) ? null : await look.folder.wrapper(look.attempt),
      queued,
      accounted: this.find(past, look.submission),
      missing_ms: this.missingFor(look, queued),
      grace_ms: this.graceMs,
    };
  }

  /** The attempt is given to Slurm anew, or its end is on record. */
  close(attempt: Attempt): void {
    this.missing.delete(keyOf(attempt));
  }

  private missingFor(attempt: Attempt, row: SlurmRow | undefined): number {
    const key = keyOf(attempt);
    if (row && isLive(row)) this.missing.delete(key);
    else if (!this.missing.has(key)) this.missing.set(key, Date.now());
    return Date.now() - (this.missing.get(key) ?? Date.now());
  }
}

function keyOf({ name, attempt }: Attempt): string {
  return `${name}/${attempt}`;
}
