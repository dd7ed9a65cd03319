/**
 * The whole product through its command line: a workplace is a state folder of its own, with its
 * own servers, worker, jobs and dataset.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { processesIn } from './processes';
import { ROOT } from './root';
import { sharedCache } from './shared-cache';

export interface Ended {
  /** Null for a program that a signal ended. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** The command line in one environment. */
export interface Shell {
  /** Runs one command to its end. */
  foretune(...args: string[]): Promise<Ended>;
  /** Starts one that goes on. */
  start(...args: string[]): Running;
  /** What a command that has to succeed prints, with `-o json`. */
  json<T = unknown>(...args: string[]): Promise<T>;
}

export interface Workplace extends Shell {
  readonly stateDir: string;
  /** The same with more variables in its environment. */
  with(variables: NodeJS.ProcessEnv): Shell;
  /** Process ids of all that works in the folder. */
  processes(): number[];
  close(): Promise<void>;
}

/** The caller's own servers and credentials are not seen by the programs that are tested. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const isOurs = ([name]: [string, unknown]) => !/^(AWS_|S3_|TEMPORAL_|FORETUNE_)/.test(name);
  return Object.fromEntries(Object.entries(process.env).filter(isOurs));
}

/** `root`: of a copy of the product. */
export async function openWorkplace(root = ROOT): Promise<Workplace> {
  const stateDir = await mkdtemp(path.join(os.tmpdir(), 'foretune-e2e-'));
  const cache = sharedCache();
  if (cache) await symlink(cache, path.join(stateDir, 'cache'));
  const env = { ...cleanEnvironment(), FORETUNE_STATE_DIR: stateDir };
  const shell = openShell(root, env);
  return {
    ...shell,
    stateDir,
    with: (variables) => openShell(root, { ...env, ...variables }),
    processes: () => processesIn(stateDir),
    close: async () => {
      await shell.foretune('down', '--force');
      for (const pid of processesIn(stateDir)) kill(pid);
      await rm(stateDir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function openShell(root: string, env: NodeJS.ProcessEnv): Shell {
  const bin = path.join(root, 'src/cli/bin.cjs');
  const start = (...args: string[]) => run(root, process.execPath, [bin, ...args], env);
  const foretune = (...args: string[]) => start(...args).ended;
  return {
    start,
    foretune,
    json: async <T>(...args: string[]) => parseSuccess<T>(await foretune(...args, '-o', 'json')),
  };
}

/** Any other program, to its end. */
export function runProgram(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = cleanEnvironment(),
): Promise<Ended> {
  return run(ROOT, command, args, env).ended;
}

function run(
  cwd: string,
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Running {
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]).then(
    ([stdout, stderr, [code]]) => ({ code: code as number | null, stdout, stderr }),
  );
  return { process: child, ended };
}

function parseSuccess<T>({ code, stdout, stderr }: Ended): T {
  if (code !== 0) throw new Error(`foretune ended with ${code}:\n${stderr}`);
  return JSON.parse(stdout) as T;
}

/** A file of the state folder: ports, pids. */
export function readState(stateDir: string, file: string): unknown {
  return JSON.parse(readFileSync(path.join(stateDir, file), 'utf8'));
}

/**
 * The process that a state file names: `worker.pid` holds its id alone, others as `{"pid": ...}`.
 */
export function pidIn(stateDir: string, file: string): number {
  const content = readState(stateDir, file);
  return typeof content === 'number' ? content : (content as { pid: number }).pid;
}

export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended by itself
  }
}
