/** The files of a job on this machine: what is written where, and what they say of its state. */
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
  /** On a cluster whose jobs are known by another name than a process. */
  job_id: z.string().optional(),
  /** Where its lines begin in the log of all attempts. */
  log_start: z.number().int().optional(),
});
export type Wrapper = z.infer<typeof WrapperSchema>;

const ExitSchema = z.object({
  ended_by: z.enum(FAILURE_CLASSES).nullable(),
  /** Why a job without a process could not have one, or what the scheduler says of its end. */
  reason: z.string().optional(),
  /** What the scheduler counts of it; null where it does not say. */
  allocation: z.object({ seconds: z.number(), gpus: z.number() }).nullable().optional(),
  /** A scheduler had its say. */
  settled: z.boolean().optional(),
  /** What the scheduler calls the job, where it wrote this down and not the wrapper. */
  external_id: z.string().optional(),
  exit_code: z.number().int().nullable(),
  signal: z.string().nullable(),
  ended_at: z.coerce.date(),
  log_start: z.number().int(),
  wall_seconds: z.number(),
  /** Null where the processes of the job are not the wrapper's. */
  cpu_seconds: z.number().nullable(),
  max_rss_bytes: z.number().nullable(),
  /** What the system says of a folder that it filled, else null; absent in jobs of before. */
  full: z.string().nullable().optional(),
  /** What was seen of the job's memory last; absent in jobs of before. */
  memory: z.object({ resident_bytes: z.number(), limit_bytes: z.number().nullable() }).optional(),
});
export type Exit = z.infer<typeof ExitSchema>;

const CancelSchema = z.object({ as: z.enum(['cancelled', 'preempted']) });
type Cancel = z.infer<typeof CancelSchema>;

export class JobFolder {
  constructor(readonly dir: string) {}

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

  /** Whether somebody has begun with it, or it has ended without. */
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

/** Null when the file is not there, or is not what we write. */
export async function readJson<T>(file: string, schema: z.ZodType<T>): Promise<T | null> {
  try {
    return schema.safeParse(JSON.parse(await readFile(file, 'utf8'))).data ?? null;
  } catch {
    return null;
  }
}

/** Whole or not at all. A full disk is the cluster's trouble: the same may succeed later. */
export async function writeJson(file: string, value: unknown): Promise<void> {
  await writeBeside(file, value, (temporary) => rename(temporary, file));
}

/** As `writeJson`, where nothing stands yet. False for whoever comes second, on other machines too. */
export async function writeOnce(file: string, value: unknown): Promise<boolean> {
  return writeBeside(file, value, async (temporary) => {
    const isFirst = await link(temporary, file).then(
      () => true,
      async (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
        // A file server that answered in vain hears of it again, and finds the link that it made.
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
