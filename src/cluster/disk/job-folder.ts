/** The files of a job on this machine, and the state that they record. */
import { link, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { ClusterUnavailableError } from '../../base/errors';
import { FAILURE_CLASSES } from '../../domain/vocabulary';
import { makeFolder } from '../../base/folders';
import { ProcessIdentitySchema, type ProcessIdentity } from '../../base/processes';

const WrapperSchema = ProcessIdentitySchema.extend({
  started_at: z.coerce.date(),
  /** The cluster's own name of the job, if it is not a process id. */
  job_id: z.string().optional(),
  /** Offset of the attempt's lines in the log of all attempts. */
  log_start: z.number().int().optional(),
});
export type Wrapper = z.infer<typeof WrapperSchema>;

const ExitSchema = z.object({
  ended_by: z.enum(FAILURE_CLASSES).nullable(),
  /** Why the job could not be started, or the scheduler's reason for its end. */
  reason: z.string().optional(),
  /** The scheduler's accounting of the job; null if it has none. */
  allocation: z.object({ seconds: z.number(), gpus: z.number() }).nullable().optional(),
  /** Whether the scheduler has confirmed the end. */
  settled: z.boolean().optional(),
  /**
   * The scheduler's name of the job, if the record comes from the scheduler, not from the wrapper.
   */
  external_id: z.string().optional(),
  exit_code: z.number().int().nullable(),
  signal: z.string().nullable(),
  ended_at: z.coerce.date(),
  log_start: z.number().int(),
  wall_seconds: z.number(),
  /** Null if the job's processes are not children of the wrapper. */
  cpu_seconds: z.number().nullable(),
  max_rss_bytes: z.number().nullable(),
  /** The system's error for a folder that the job filled, or null; absent in older jobs. */
  full: z.string().nullable().optional(),
  /** The last measurement of the job's memory; absent in older jobs. */
  memory: z.object({ resident_bytes: z.number(), limit_bytes: z.number().nullable() }).optional(),
});
export type Exit = z.infer<typeof ExitSchema>;

const CancelSchema = z.object({ as: z.enum(['cancelled', 'preempted']) });
type Cancel = z.infer<typeof CancelSchema>;

/** Options of a cluster whose jobs' files are on a disk that this machine sees. */
export interface DiskClusterOptions {
  readonly name: string;
  /** Folder of the jobs' folders, under the same path wherever jobs run. */
  readonly root: string;
  /** Folder that jobs share, also under the same path wherever they run. */
  readonly cacheDir: string;
  /** Interpreter of the process that watches a job, where the job runs. */
  readonly python: string;
}

export class JobFolder {
  readonly dir: string;

  /** Throws TypeError for an invalid job name. `root`: the folder of the jobs' folders. */
  constructor(root: string, name: string) {
    if (!/^[a-z0-9][a-z0-9.-]*$/.test(name))
      throw new TypeError(`"${name}" is not a job's name: expected [a-z0-9][a-z0-9.-]*`);
    this.dir = path.join(root, 'jobs', name);
  }

  /** The newest attempt that was submitted, or null. */
  async attempt(): Promise<number | null> {
    const names = await readdir(path.join(this.dir, 'control')).catch(() => []);
    const attempts = names.map(Number).filter((n) => Number.isInteger(n));
    return attempts.length ? Math.max(...attempts) : null;
  }

  control(attempt: number, name = ''): string {
    return path.join(this.dir, 'control', String(attempt), name);
  }

  wrapper(attempt: number): Promise<Wrapper | null> {
    return readJson(this.control(attempt, 'wrapper.json'), WrapperSchema);
  }

  child(attempt: number): Promise<ProcessIdentity | null> {
    return readJson(this.control(attempt, 'child.json'), ProcessIdentitySchema);
  }

  exit(attempt: number): Promise<Exit | null> {
    return readJson(this.control(attempt, 'exit.json'), ExitSchema);
  }

  /** Whether a process has started the attempt, or it has ended without a start. */
  async isStarted(attempt: number): Promise<boolean> {
    return Boolean((await this.wrapper(attempt)) ?? (await this.exit(attempt)));
  }

  cancelled(attempt: number): Promise<Cancel | null> {
    return readJson(this.control(attempt, 'cancel.json'), CancelSchema);
  }

  get log(): string {
    return path.join(this.dir, 'job.log');
  }
}

/** Null if the file does not exist or does not match the schema. */
export async function readJson<T>(file: string, schema: z.ZodType<T>): Promise<T | null> {
  try {
    return schema.safeParse(JSON.parse(await readFile(file, 'utf8'))).data ?? null;
  } catch {
    return null;
  }
}

/** Atomic. A full disk counts as an unavailable cluster: the same call may succeed later. */
export async function writeJson(file: string, value: unknown): Promise<void> {
  await writeBeside(file, value, (temporary) => rename(temporary, file));
}

/**
 * Like `writeJson`, but only if the file does not exist. False for a second writer, also on other
 * machines.
 */
export async function writeOnce(file: string, value: unknown): Promise<boolean> {
  return writeBeside(file, value, async (temporary) => {
    const isFirst = await link(temporary, file).then(
      () => true,
      async (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
        // After a lost response, a file server repeats the request and finds the link that it
        // created.
        return (await stat(temporary)).nlink === 2;
      },
    );
    await rm(temporary);
    return isFirst;
  });
}

async function writeBeside<T>(
  file: string,
  value: unknown,
  publish: (temporary: string) => Promise<T>,
): Promise<T> {
  const temporary = `${file}.${os.hostname()}.${process.pid}.${counter++}.tmp`;
  try {
    await makeFolder(path.dirname(file));
    await writeFile(temporary, JSON.stringify(value));
    return await publish(temporary);
  } catch (cause) {
    throw new ClusterUnavailableError(
      `Cannot write ${file}: ${String(cause)}. Check free space and the owner of the folder.`,
      { cause },
    );
  }
}

let counter = 0;
