/** The processes of a workplace, found through its state folder as a user would find them. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { pidIn } from '../support/cli';

/** Of a file of the state folder; null while there is none. */
export function pidOf(stateDir: string, file: string): number | null {
  try {
    return pidIn(stateDir, file);
  } catch {
    return null;
  }
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

/** Of a running attempt the recipe and what watches it. */
export function jobPids(attempt: string): number[] {
  return ['child.json', 'wrapper.json'].flatMap((file) => pidOf(attempt, file) ?? []);
}

/** False when the process was not there. */
export function sendSignal(pid: number | null, name: NodeJS.Signals): boolean {
  if (pid === null) return false;
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

/** The soft limit alone, so that it can be lifted again. */
export function limitFileSize(pids: readonly number[], bytes: number | 'unlimited'): void {
  for (const pid of pids) spawnSync('prlimit', [`--pid=${pid}`, `--fsize=${bytes}:`]);
}

/** Its command line and who started it, in the words of `ps`. */
export function commandOf(pid: number): string {
  const args = ['-ww', '-o', 'ppid=,stat=,etimes=,args=', '-p', String(pid)];
  return spawnSync('ps', args, { encoding: 'utf8' }).stdout.trim() || '(gone meanwhile)';
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
