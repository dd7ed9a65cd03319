/**
 * The jobs of a workplace's local cluster, found through its state folder as a user would find
 * them.
 */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Running, Workplace } from './cli';

/** `<work folder>/control/<number>` */
export function workFolderOf(attempt: string): string {
  return path.resolve(attempt, '../..');
}

/** Folders of all attempts that were submitted. */
export function attempts(stateDir: string): string[] {
  const jobs = path.join(stateDir, 'clusters/local/jobs');
  return entries(jobs).flatMap((job) => {
    const control = path.join(jobs, job, 'control');
    return entries(control).map((attempt) => path.join(control, attempt));
  });
}

/** Those whose job has begun and not ended. */
export function runningAttempts(stateDir: string): string[] {
  const has = (attempt: string, name: string) => existsSync(path.join(attempt, name));
  return attempts(stateDir).filter((one) => has(one, 'child.json') && !has(one, 'exit.json'));
}

/** An attempt at a job that has begun and not ended, and is none of `known`. */
export async function untilJobRuns(
  { stateDir }: Workplace,
  client: Running,
  known: readonly string[] = [],
): Promise<string> {
  for (;;) {
    const job = runningAttempts(stateDir).find((attempt) => !known.includes(attempt));
    if (job) return job;
    if (client.process.exitCode !== null) throw new Error((await client.ended).stderr);
    await setTimeout(20);
  }
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
