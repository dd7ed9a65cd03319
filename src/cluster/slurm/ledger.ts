/**
 * The record of submissions to Slurm, in files that every worker sees. A submission is recorded
 * before sbatch is called: it names the batch, and the batch's name is the name of the Slurm job,
 * so a job whose submitter died before it read the job's number is found by name. Numbered claims
 * decide between submitters.
 */
import { randomBytes } from 'node:crypto';
import { access, readdir } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { sha256 } from '../../base/fingerprint';
import { JobFolder, readJson, writeJson, writeOnce } from '../disk/job-folder';

const SubmissionSchema = z.object({
  batch: z.string(),
  /** The job's index in the batch: its task number, if the batch is an array. */
  place: z.number().int(),
  at: z.coerce.date(),
});
export interface Submission extends z.infer<typeof SubmissionSchema> {
  /** Number of the claim; the highest applies. */
  readonly number: number;
  /** Slurm did not accept the submission: it does not and will not run. */
  readonly withdrawn: boolean;
}

const TaskSchema = z.object({ name: z.string(), attempt: z.number().int() });
const BatchSchema = z.object({ tasks: z.array(TaskSchema.nullable()) });
export type Task = z.infer<typeof TaskSchema>;

export class Ledger {
  /** Distinguishes this folder's jobs from those of other folders of the same user. */
  private readonly prefix: string;
  private readonly known = new Map<string, readonly (Task | null)[]>();
  /** By file. */
  private readonly claims = new Map<string, z.infer<typeof SubmissionSchema>>();

  constructor(readonly root: string) {
    this.prefix = `foretune-${sha256(root).slice(0, 8)}-`;
  }

  folder(name: string): JobFolder {
    return new JobFolder(this.root, name);
  }

  newBatch(): string {
    return randomBytes(6).toString('hex');
  }

  /** The name of the Slurm job of a batch. */
  jobName(batch: string): string {
    return this.prefix + batch;
  }

  /** Null for a Slurm job that is not ours. */
  batchOf(jobName: string): string | null {
    return jobName.startsWith(this.prefix) ? jobName.slice(this.prefix.length) : null;
  }

  /**
   * The newest submission of an attempt, or null; `names` are the files of its control folder, if
   * known.
   */
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

  /** A claim never changes once it is written. */
  private async readClaim(file: string): Promise<z.infer<typeof SubmissionSchema> | null> {
    const known = this.claims.get(file);
    if (known) return known;
    const found = await readJson(file, SubmissionSchema);
    if (found) this.claims.set(file, found);
    return found;
  }

  /** False if another submitter was first. `after`: the submission that this one follows. */
  claim(
    folder: JobFolder,
    attempt: number,
    submission: {
      readonly batch: string;
      readonly place: number;
      readonly after: Submission | null;
    },
  ): Promise<boolean> {
    const { batch, place, after } = submission;
    const file = folder.control(attempt, claimFile((after?.number ?? 0) + 1));
    return writeOnce(file, { batch, place, at: new Date() });
  }

  /** Only for submissions that Slurm certainly did not accept. */
  async withdraw(folder: JobFolder, attempt: number, batch: string): Promise<void> {
    const submission = await this.submission(folder, attempt);
    if (submission?.batch !== batch) return;
    await writeJson(folder.control(attempt, withdrawalFile(submission.number)), {});
  }

  async writeBatch(batch: string, tasks: readonly (Task | null)[]): Promise<void> {
    await writeJson(this.batchFile(batch), { tasks });
  }

  /** The jobs of a batch by their index; empty if the batch is unknown. */
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

  /** The output of a job's leader and of Slurm; `place` may be Slurm's pattern for the index. */
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
