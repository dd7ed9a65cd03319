/** Files of `.foretune/`: ports, process identities, credentials. Each is replaced as a whole. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { lock } from 'proper-lockfile';
import type { z } from 'zod';
import { StackError } from '../base/errors';
import { makeStateFolder } from './state-folder';

/** Undefined if the file does not exist or does not match the schema. */
export function readState<T>(stateDir: string, name: string, schema: z.ZodType<T>): T | undefined {
  try {
    const text = readFileSync(path.join(stateDir, name), 'utf8');
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

export function writeState(stateDir: string, name: string, value: unknown, mode = 0o644): void {
  const text = typeof value === 'string' ? value : `${JSON.stringify(value, null, 2)}\n`;
  const file = path.join(stateDir, name);
  const temporary = `${file}.${process.pid}.tmp`;
  makeStateFolder(stateDir);
  try {
    writeFileSync(temporary, text, { mode });
    renameSync(temporary, file);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw new StackError(
      `Cannot write ${file}: ${String(cause)}. Check its owner and free space.`,
      {
        cause,
      },
    );
  }
}

export function removeState(stateDir: string, name: string): void {
  rmSync(path.join(stateDir, name), { force: true });
}

/** One process at a time; the lock of a process that died is taken over after ten seconds. */
export async function withLock<T>(
  stateDir: string,
  name: string,
  work: () => Promise<T>,
  retries = RETRIES,
): Promise<T> {
  const release = await takeLock(stateDir, name, retries);
  try {
    return await work();
  } finally {
    await release();
  }
}

/** About two minutes, the duration of a slow start. */
const RETRIES = 600;

async function takeLock(stateDir: string, name: string, retries: number) {
  const file = path.join(stateDir, name);
  makeStateFolder(stateDir);
  try {
    const patience = { retries, minTimeout: 100, maxTimeout: 200 };
    return await lock(file, { realpath: false, stale: 10_000, retries: patience });
  } catch (cause) {
    const held = (cause as NodeJS.ErrnoException).code === 'ELOCKED';
    throw new StackError(
      held
        ? `Another foretune command still holds ${file}.lock. Wait until it ends, or end it; then run this again.`
        : `Cannot lock ${file}.lock: ${String(cause)}. Check the folder's owner and free space.`,
      { cause },
    );
  }
}
