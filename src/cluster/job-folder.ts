/** The files of a job on this machine: what is written where, and what they say of its state. */
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { ClusterUnavailableError } from '../errors';
import { FAILURE_CLASSES } from '../domain/vocabulary';
import { ProcessIdentitySchema, type ProcessIdentity } from '../processes';

const WrapperSchema = ProcessIdentitySchema.extend({ started_at: z.coerce.date() });
type Wrapper = z.infer<typeof WrapperSchema>;

const ExitSchema = z.object({
  ended_by: z.enum(FAILURE_CLASSES).nullable(),
  /** Why a job without a process could not have one. */
  reason: z.string().optional(),
  exit_code: z.number().int().nullable(),
  signal: z.string().nullable(),
  ended_at: z.coerce.date(),
  log_start: z.number().int(),
  wall_seconds: z.number(),
  cpu_seconds: z.number(),
  max_rss_bytes: z.number(),
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

/** The end of a job that never had a process. */
export function unstarted(ended_by: Exit['ended_by']): Exit {
  return {
    ended_by,
    exit_code: null,
    signal: null,
    ended_at: new Date(),
    log_start: 0,
    wall_seconds: 0,
    cpu_seconds: 0,
    max_rss_bytes: 0,
  };
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
  const temporary = `${file}.${process.pid}.${counter++}.tmp`;
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(temporary, JSON.stringify(value));
    await rename(temporary, file);
  } catch (cause) {
    throw new ClusterUnavailableError(
      `Cannot write ${file}: ${String(cause)}. Check free space and the owner of the folder.`,
      { cause },
    );
  }
}

let counter = 0;
