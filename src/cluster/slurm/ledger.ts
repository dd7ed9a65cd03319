/**
 * What was handed to Slurm, in files that every worker sees. A submission is written down before sbatch is
 * called: it names the batch, the batch's name is the name of the Slurm job, and so a job whose submitter
 * died before it read the job's number is found by name. Numbered claims decide between submitters.
 */
import { randomBytes } from 'node:crypto';
import { access, readdir } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { sha256 } from '../../base/fingerprint';
import { JobFolder, readJson, writeJson, writeOnce } from '../disk/job-folder';

const SubmissionSchema = z.object({
  batch: z.string(),
  /** Its number in the batch: that of its task, where the batch is an array. */
  place: z.number().int(),
  at: z.coerce.date(),
});
export interface Submission extends z.infer<typeof SubmissionSchema> {
  /** Number of the claim; the highest counts. */
  readonly number: number;
  /** Slurm did not take it: nothing of it runs or ever will. */
  readonly withdrawn: boolean;
}

const TaskSchema = z.object({ name: z.string(), attempt: z.number().int() });
const BatchSchema = z.object({ tasks: z.array(TaskSchema.nullable()) });
export type Task = z.infer<typeof TaskSchema>;

export class Ledger {
  /** Tells this folder's jobs from those of other folders, under the same user. */
  private readonly prefix: string;
  private readonly known = new Map<string, readonly (Task | null)[]>();
  /** By file. */
  private readonly claims = new Map<string, z.infer<typeof SubmissionSchema>>();

  constructor(readonly root: string) {
    this.prefix = `foretune-${sha256(root).slice(0, 8)}-`;
  }

  folder(name: string): JobFolder {
    if (!/^[a-z0-9][a-z0-9.-]*$/.test(name))
      throw new TypeError(`"${name}" is not a job's name: expected [a-z0-9][a-z0-9.-]*`);
    return new JobFolder(path.join(this.root, 'jobs', name));
  }

  newBatch(): string {
    return randomBytes(6).toString('hex');
  }

  /** The name of the Slurm job of a batch. */
  jobName(batch: string): string {
    return this.prefix + batch;
  }

  /** Null for a Slurm job that is none of ours. */
  batchOf(jobName: string): string | null {
    return jobName.startsWith(this.prefix) ? jobName.slice(this.prefix.length) : null;
  }

  /** The newest submission of an attempt, or null; `names` are those of its control folder, where they are known. */
  async submission(
    { dir }: JobFolder,
    attempt: number,
    names?: readonly string[],
  ): Promise<Submission | null> {
    const folder = path.join(dir, 'control', String(attempt));
    const files = names ?? (await readdir(folder).catch(() => []));
    const numbers = files.flatMap((name) => CLAIM.exec(name)?.[1] ?? []).map(Number);
    if (!numbers.length) return null;
    const number = Math.max(...numbers);
    const claim = await this.readClaim(path.join(folder, claimFile(number)));
    return claim && { ...claim, number, withdrawn: files.includes(withdrawalFile(number)) };
  }

  /** What is written there once is never changed. */
  private async readClaim(file: string): Promise<z.infer<typeof SubmissionSchema> | null> {
    const known = this.claims.get(file);
    if (known) return known;
    const found = await readJson(file, SubmissionSchema);
    if (found) this.claims.set(file, found);
    return found;
  }

  /** False when another submitter was faster. `after`: the submission that this one follows. */
  claim(
    folder: JobFolder,
    attempt: number,
    of: { readonly batch: string; readonly place: number; readonly after: Submission | null },
  ): Promise<boolean> {
    const { batch, place, after } = of;
    const file = folder.control(attempt, claimFile((after?.number ?? 0) + 1));
    return writeOnce(file, { batch, place, at: new Date() });
  }

  /** Only for what Slurm surely did not take. */
  async withdraw(folder: JobFolder, attempt: number, batch: string): Promise<void> {
    const standing = await this.submission(folder, attempt);
    if (standing?.batch !== batch) return;
    await writeJson(folder.control(attempt, withdrawalFile(standing.number)), {});
  }

  async writeBatch(batch: string, tasks: readonly (Task | null)[]): Promise<void> {
    await writeJson(this.batchFile(batch), { tasks });
  }

  /** The jobs of a batch by their places; empty when the batch is not known. */
  async tasks(batch: string): Promise<readonly (Task | null)[]> {
    const known = this.known.get(batch);
    if (known) return known;
    const read = await readJson(this.batchFile(batch), BatchSchema);
    if (read) this.known.set(batch, read.tasks);
    return read?.tasks ?? [];
  }

  /** Whether anything was ever submitted here. */
  async isUsed(): Promise<boolean> {
    return access(path.join(this.root, 'batches')).then(
      () => true,
      () => false,
    );
  }

  /** What the leader of a job printed, and Slurm about it; `place` may be Slurm's pattern for it. */
  logFile(batch: string, place: number | '%a'): string {
    return path.join(this.root, 'batches', `${batch}.${place}.log`);
  }

  private batchFile(batch: string): string {
    return path.join(this.root, 'batches', `${batch}.json`);
  }
}

const CLAIM = /^submission\.(\d+)\.json$/;

function claimFile(number: number): string {
  return `submission.${number}.json`;
}

function withdrawalFile(number: number): string {
  return `withdrawn.${number}.json`;
}
