/**
 * Processes that outlive the process that started them. A pid alone does not identify a process,
 * since the system reuses pids: pid and start time together do.
 */
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { StackError } from './errors';
import { readTail } from './file-tail';
import { makeFolderSync } from './folders';

export const ProcessIdentitySchema = z.object({ pid: z.number().int(), started: z.string() });
export type ProcessIdentity = z.infer<typeof ProcessIdentitySchema>;

/** How long a killed process may take to exit. */
const KILL_MS = 5000;

/** When a process started, in the system's own notation; null when there is no such process. */
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
  // The name in parentheses may contain spaces and parentheses: count the fields after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A main thread that has exited waits for the other threads, which still hold ports and locks.
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

/** Starts a process that keeps running when this one exits; its output is written to a log file. */
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

/**
 * Sends SIGTERM, waits, then sends SIGKILL. True if SIGTERM was enough. The process has exited when
 * this returns; throws StackError if it does not exit, for example because its disk hangs.
 */
export async function terminate(identity: ProcessIdentity, graceMs: number): Promise<boolean> {
  if (!signal(identity, 'SIGTERM')) return true;
  if (await untilGone(identity, graceMs)) return true;
  signal(identity, 'SIGKILL');
  if (await untilGone(identity, KILL_MS)) return false;
  throw new StackError(
    `Process ${identity.pid} does not exit, although it was killed. It may be waiting for a disk: look at it with ps -o pid,stat,wchan,args ${identity.pid}`,
  );
}

/** False if the process has exited: a recycled pid is never signalled. */
export function signal(identity: ProcessIdentity, name: NodeJS.Signals): boolean {
  if (!isAlive(identity)) return false;
  try {
    return process.kill(identity.pid, name);
  } catch {
    return false;
  }
}

async function untilGone(identity: ProcessIdentity, ms: number): Promise<boolean> {
  for (const end = Date.now() + ms; Date.now() < end; await pause(50)) {
    if (!isAlive(identity)) return true;
  }
  return !isAlive(identity);
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The last lines of a log file after its first `from` bytes, for an error message. */
export function lastLines(file: string, count = 20, from = 0): string {
  return readTail(file, { from })?.trimEnd().split('\n').slice(-count).join('\n') ?? '(no log)';
}
