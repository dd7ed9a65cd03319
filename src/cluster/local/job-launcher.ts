/**
 * Starts the wrappers of jobs through one process that is kept running (job_launcher.py). It is
 * started for the first job, and again if it dies, and exits with this process; the wrappers
 * continue.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { ClusterUnavailableError } from '../../base/errors';

export interface LauncherOptions {
  /** Folder of the cluster. */
  readonly root: string;
  readonly python: string;
  /** The environment of the wrappers. */
  readonly environment: NodeJS.ProcessEnv;
  /** Called when a wrapper has ended. */
  readonly onEnd: () => void;
}

export interface WrapperRequest {
  readonly job_dir: string;
  readonly attempt: number;
  readonly slots_dir: string;
  readonly slots: number;
  /** Log file of the wrapper. */
  readonly log: string;
}

/**
 * `running`: the attempt runs; `ended`: it does not, since it had run before or no slot was free.
 */
type Start = 'running' | 'ended';

interface Waiter {
  readonly resolve: (start: Start) => void;
  readonly reject: (error: Error) => void;
}

const LAUNCHER = path.join(__dirname, 'job_launcher.py');
/** Without site packages and the user's environment an interpreter starts in half the time. */
const BARE = ['-E', '-s', '-S'];
const START_WITHIN_MS = 10_000;

const AnswerSchema = z.union([
  z.object({ id: z.number(), running: z.literal(true) }),
  z.object({ id: z.number(), error: z.string() }),
  z.object({ id: z.number(), exit: z.number() }),
]);
const MOST_SAID = 1000;

export class JobLauncher {
  private launcher: ChildProcess | undefined;
  private readonly waiting = new Map<number, Waiter>();
  private count = 0;

  constructor(private readonly options: LauncherOptions) {}

  /**
   * Throws ClusterUnavailableError if the wrapper cannot be started, or fails before its job
   * starts.
   */
  start(request: WrapperRequest): Promise<Start> {
    const id = this.count++;
    return new Promise((resolve, reject) => {
      const late = () => this.fail(id, `gave no answer in ${START_WITHIN_MS / 1000} s`);
      const timer = setTimeout(late, START_WITHIN_MS);
      const settled = <T>(settle: (value: T) => void) => {
        return (value: T) => {
          clearTimeout(timer);
          this.waiting.delete(id);
          settle(value);
        };
      };
      this.waiting.set(id, { resolve: settled(resolve), reject: settled(reject) });
      this.launcher ??= this.launch();
      this.launcher.stdin?.write(`${JSON.stringify({ id, ...request })}\n`);
    });
  }

  /** Starts no more wrappers; running wrappers continue. */
  close(): void {
    this.launcher?.stdin?.end();
  }

  /** Detached from the terminal, so that Ctrl-C ends the worker alone. */
  private launch(): ChildProcess {
    const { python, environment, root } = this.options;
    const launcher = spawn(python, [...BARE, LAUNCHER, root], { env: environment, detached: true });
    let said = '';
    const gone = (why: string) => {
      if (this.launcher === launcher) this.launcher = undefined;
      for (const id of [...this.waiting.keys()]) this.fail(id, `${why}\n${said}`);
    };
    launcher.once('error', (error) => gone(`cannot be started: ${error.message}`));
    launcher.once('close', (code, signal) => gone(`ended (${signal ?? `exit code ${code}`})`));
    launcher.stderr.on('data', (text) => (said = `${said}${text}`.slice(-MOST_SAID)));
    launcher.stdin.on('error', () => undefined); // 'close' reports the end
    createInterface({ input: launcher.stdout }).on('line', (line) => this.hear(line));
    // An idle launcher does not keep this process alive; during a call the timer does.
    launcher.unref();
    for (const pipe of launcher.stdio) (pipe as Socket | null)?.unref();
    return launcher;
  }

  private hear(line: string): void {
    const answer = AnswerSchema.parse(JSON.parse(line));
    const waiter = this.waiting.get(answer.id);
    if ('exit' in answer) this.options.onEnd();
    if ('error' in answer) waiter?.reject(new ClusterUnavailableError(answer.error));
    else waiter?.resolve('running' in answer ? 'running' : 'ended');
  }

  private fail(id: number, why: string): void {
    const error = `${this.options.python}, which starts jobs, ${why}`.trimEnd();
    this.waiting.get(id)?.reject(new ClusterUnavailableError(error));
  }
}
