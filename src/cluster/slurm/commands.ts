/**
 * Calls Slurm's programs, here or on a login node. No shell interprets the arguments except that of
 * ssh.
 */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { ClusterUnavailableError } from '../../base/errors';
import { isUnavailable } from './states';

export interface CommandOptions {
  /** `[user@]host`, or null for this machine. */
  readonly ssh: string | null;
  /** Folder of the programs; null if they are on PATH. */
  readonly bin?: string | null;
  /** The environment of the programs; Slurm also reads options from variables. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Slurm responded and refused; the message is its own. */
export class SlurmRefusal extends Error {
  constructor(readonly words: string) {
    super(words);
    this.name = 'SlurmRefusal';
  }
}

/** Times in UTC and messages in English, whatever the machine's settings. */
const SETTINGS = ['TZ=UTC', 'LC_ALL=C', 'SLURM_TIME_FORMAT=standard'];
const SSH = ['-o', 'BatchMode=yes', '-o', 'ConnectTimeout=15'];
const SSH_FAILED = 255;
const TIMEOUT_MS = 60_000;
const MAX_OUTPUT_BYTES = 1 << 28;

export type RunSlurm = (command: readonly string[], input?: string) => Promise<string>;

/**
 * Returns a function that runs a program and resolves with its standard output. It rejects with
 * ClusterUnavailableError if the scheduler does not respond, and with SlurmRefusal otherwise.
 */
export function slurmCommands({ ssh, bin = null, environment }: CommandOptions): RunSlurm {
  const full = ([program = '', ...args]: readonly string[]) => {
    const words = ['env', ...SETTINGS, bin === null ? program : path.join(bin, program), ...args];
    return ssh === null ? words : ['ssh', ...SSH, '--', ssh, shellWords(words)];
  };
  return (command, input = '') => execute(full(command), command[0] ?? '', input, environment);
}

/** The folder of the programs on PATH, or null if it cannot be determined now. */
export async function folderOf(run: RunSlurm): Promise<string | null> {
  const found = await run(['sh', '-c', 'command -v sbatch']).catch(() => '');
  const file = found.trim();
  return path.isAbsolute(file) ? path.dirname(file) : null;
}

/**
 * Quotes words for a shell: that of ssh, and that of a batch script. The only place that does so.
 */
export function shellWords(words: readonly string[]): string {
  return words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
}

function execute(
  [file = '', ...args]: readonly string[],
  program: string,
  input: string,
  environment: CommandOptions['environment'],
): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = {
      env: { ...environment },
      timeout: TIMEOUT_MS,
      killSignal: 'SIGKILL' as const,
      maxBuffer: MAX_OUTPUT_BYTES,
    };
    const child = execFile(file, args, options, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      reject(failureOf(program, file, error, stderr.trim() || stdout.trim()));
    });
    // A program that has exited reads no more input; its exit code reports the error.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

type ExecError = Error & { readonly code?: number | string | null; readonly killed?: boolean };

/** `env` exits with 127 if the program does not exist. */
function failureOf(program: string, file: string, error: ExecError, words: string): Error {
  const unavailable = (why: string) =>
    new ClusterUnavailableError(why.startsWith(program) ? why : `${program}: ${why}`, {
      cause: error,
    });
  if (error.killed) return unavailable(`no answer within ${TIMEOUT_MS / 1000} s. ${words}`);
  if (typeof error.code === 'string') return unavailable(error.message);
  if (error.code === 127)
    return unavailable(
      `${words}. Install Slurm and put it on PATH, or set \`bin\` of the cluster.`,
    );
  if (file === 'ssh' && error.code === SSH_FAILED) return unavailable(`ssh failed: ${words}`);
  if (isUnavailable(words)) return unavailable(words);
  return new SlurmRefusal(words || `${program} ended with ${error.code ?? 'a signal'}`);
}
