/** The processes of a workplace, found through its state folder as a user would find them. */
import { spawnSync } from 'node:child_process';
import { pidIn } from '../support/cli';

/** Of a file of the state folder; null while there is none. */
export function pidOf(stateDir: string, file: string): number | null {
  try {
    return pidIn(stateDir, file);
  } catch {
    return null;
  }
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
