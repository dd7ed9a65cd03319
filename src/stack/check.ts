/** One line of `foretune doctor`: what is asked, and what is said when that fails or takes too long. */
import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import type { Config } from '../config';
import { inheritedEnvironment } from '../study/clusters';

export interface Check {
  readonly part: string;
  /** `idle` is a part that is started on demand, or that this machine does without. */
  readonly status: 'ok' | 'idle' | 'failed';
  readonly detail: string;
  readonly mend?: string;
}

export type Finding = Omit<Check, 'part'>;

/** Above the limit of a call of Slurm's programs, whose own words say more. */
const LIMIT_MS = 70_000;

export async function check(
  part: string,
  find: () => Promise<Finding>,
  mend: string,
  limitMs = LIMIT_MS,
): Promise<Check> {
  try {
    return { part, ...(await within(limitMs, find())) };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { part, status: 'failed', detail, mend };
  }
}

/** A folder on a server that is away keeps whoever asks for it waiting, without end. */
async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new Error(`no answer within ${limitMs / 1000} s`);
    timer = setTimeout(() => reject(error), limitMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

export function ok(detail: string): Finding {
  return { status: 'ok', detail };
}

/** Where a job, or whoever is told of a study's end, finds a program; null where it finds none. */
export async function programFile(config: Config, program: string): Promise<string | null> {
  const folders = (inheritedEnvironment(config).PATH ?? '').split(path.delimiter);
  const files = program.includes('/') ? [program] : folders.map((one) => path.join(one, program));
  for (const file of files) if (await isExecutable(file)) return file;
  return null;
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
