/** Jobs that wait for a slot: one ticket file per job, first come first served. */
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { writeJson } from '../disk/job-folder';

export interface Ticket {
  readonly file: string;
  readonly name: string;
  readonly attempt: number;
}

export class JobQueue {
  constructor(private readonly dir: string) {}

  async add(name: string, attempt: number): Promise<void> {
    const at = String(process.hrtime.bigint() + CLOCK_OFFSET).padStart(20, '0');
    await writeJson(path.join(this.dir, `${at}_${attempt}_${name}`), {});
  }

  /** Oldest first. */
  async tickets(): Promise<Ticket[]> {
    const files = await readdir(this.dir).catch(() => []);
    return files
      .filter((file) => TICKET.test(file) && !file.endsWith('.tmp'))
      .sort()
      .map((file) => {
        const [, attempt, ...name] = file.split('_');
        return { file, attempt: Number(attempt), name: name.join('_') };
      });
  }

  async drop(ticket: Ticket): Promise<void> {
    await rm(path.join(this.dir, ticket.file), { force: true });
  }

  async remove(name: string): Promise<void> {
    for (const ticket of await this.tickets()) if (ticket.name === name) await this.drop(ticket);
  }
}

/** Other files in the folder are not tickets and are ignored. */
const TICKET = /^\d{20}_\d+_./;

/** Tickets are ordered by wall clock time, at the resolution of the monotonic clock. */
const CLOCK_OFFSET = BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint();
