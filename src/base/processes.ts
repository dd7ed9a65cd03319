/**
 * Processes that outlive the one that started them. A pid alone is not an identity, since the system
 * gives it to another process later: pid and start time together are.
 */
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { readTail } from './file-tail';
import { makeFolderSync } from './folders';

export const ProcessIdentitySchema = z.object({ pid: z.number().int(), started: z.string() });
export type ProcessIdentity = z.infer<typeof ProcessIdentitySchema>;

/** When a process started, in the system's own words; null when there is no such process. */
export function startTime(pid: number): string | null {
  return process.platform === 'linux' ? linuxStartTime(pid) : psStartTime(pid);
}

function linuxStartTime(pid: number): string | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null;
  }
  // The name in brackets may hold blanks and brackets: count the fields after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A first thread that has ended waits for the others, which still hold ports and locks.
  const hasEnded = fields[0] === 'X' || (fields[0] === 'Z' && Number(fields[17]) <= 1);
  return hasEnded ? null : (fields[19] ?? null);
}

function psStartTime(pid: number): string | null {
  try {
    const stdio: ['ignore', 'pipe', 'ignore'] = ['ignore', 'pipe', 'ignore'];
    const line = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { stdio });
    return line.toString().trim() || null;
  } catch {
    return null; // ps exits 1 when there is no such process
  }
}

export function isAlive({ pid, started }: ProcessIdentity): boolean {
  return startTime(pid) === started;
}

/** Starts a process that goes on when this one ends; its output goes to a log file. */
export function spawnDetached(
  command: string,
  args: readonly string[],
  options: {
    readonly env: NodeJS.ProcessEnv;
    readonly log: string;
    readonly cwd: string;
  },
): Promise<ProcessIdentity> {
  makeFolderSync(path.dirname(options.log));
  const log = openSync(options.log, 'a');
  const { env, cwd } = options;
  const child = spawn(command, args, { env, cwd, detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  child.unref();
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => {
      const pid = child.pid ?? 0;
      resolve({ pid, started: startTime(pid) ?? 'ended at once' });
    });
  });
}

/** Asks a process to end, waits, then ends it. True when it went by itself. */
export async function terminate(of: ProcessIdentity, graceMs: number): Promise<boolean> {
  if (!signal(of, 'SIGTERM')) return true;
  if (await untilGone(of, graceMs)) return true;
  signal(of, 'SIGKILL');
  await untilGone(of, 5000);
  return false;
}

/** False when the process had ended: a recycled pid is never signalled. */
export function signal(of: ProcessIdentity, name: NodeJS.Signals): boolean {
  if (!isAlive(of)) return false;
  try {
    return process.kill(of.pid, name);
  } catch {
    return false;
  }
}

async function untilGone(of: ProcessIdentity, ms: number): Promise<boolean> {
  for (const end = Date.now() + ms; Date.now() < end; await pause(50)) {
    if (!isAlive(of)) return true;
  }
  return !isAlive(of);
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The last lines of a log file, for an error message. */
export function lastLines(file: string, count = 20): string {
  return readTail(file)?.trimEnd().split('\n').slice(-count).join('\n') ?? '(no log)';
}
