/**
 * A child process that trains learners (`python -m foretune_learn.fit`). It is started before its
 * jobs are known, since importing scikit-learn takes as long as all the rest.
 */
import { execFile, type ChildProcess } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { FitResultSchema, type FitResult } from '../domain/fit-schema';
import { SpecError } from '../base/errors';
import type { Trained, TrainingJob } from '../predict/predictors/learner';
import { readAnswers, writeJob } from './fit-files';
import { JobFailedError } from './job-failed';

export interface FitProcessOptions {
  /** The Python interpreter of the recipes. */
  readonly python: string;
  /** Folder of the recipes' Python packages. */
  readonly recipes: string;
  /** Modules to import at the start. */
  readonly preload: readonly string[];
  /** Parent of the temporary folder; the system's by default. */
  readonly temporary?: string;
  /** Aborting it ends the process. */
  readonly signal?: AbortSignal;
}

interface Ended {
  readonly failure: string | null;
  readonly stderr: string;
}

const PROCESSES = Math.min(2, os.availableParallelism());
const SHOWN_LINES = 12;

export class FitProcess {
  private readonly folder: string;
  private readonly child: ChildProcess;
  private readonly ended: Promise<Ended>;

  constructor({ python, recipes, preload, signal, temporary = os.tmpdir() }: FitProcessOptions) {
    this.folder = mkdtempSync(path.join(temporary, 'foretune-fit-'));
    const module = ['-m', 'foretune_learn.fit', path.join(this.folder, 'job.json')];
    let settle: (ended: Ended) => void;
    this.ended = new Promise((resolve) => (settle = resolve));
    this.child = execFile(
      python,
      [...module, '--preload', preload.join(',')],
      {
        cwd: this.folder,
        env: { PATH: '/usr/bin:/bin', PYTHONPATH: pythonPath(recipes) },
        signal,
        maxBuffer: 2 ** 26,
      },
      (error, _stdout, stderr) => settle({ failure: error?.message ?? null, stderr }),
    );
    // If the process has already exited, `ended` says why.
    this.child.stdin?.on('error', () => undefined);
  }

  /**
   * Throws SpecError if a learner is refused, and JobFailedError with the last lines of output for
   * any other failure.
   */
  async fit(jobs: readonly TrainingJob[]): Promise<Trained[]> {
    await writeJob(this.folder, jobs, PROCESSES);
    this.child.stdin?.write('\n');
    const ended = await this.ended;
    const result = await this.result();
    if (result?.status === 'refused')
      throw new SpecError(result.error ?? 'The learner was refused.');
    if (result?.status !== 'done') throw failed(ended, result);
    return readAnswers(this.folder, jobs, result);
  }

  /** Ends the process at once. The processes that it forked end when their input is closed. */
  async close(): Promise<void> {
    this.child.stdin?.end();
    this.child.kill();
    await this.ended;
    await rm(this.folder, { recursive: true, force: true });
  }

  private async result(): Promise<FitResult | null> {
    try {
      const text = await readFile(path.join(this.folder, 'result.json'), 'utf8');
      return FitResultSchema.parse(JSON.parse(text));
    } catch {
      return null; // the output of the process explains more than a missing or broken file
    }
  }
}

function pythonPath(recipes: string): string {
  return ['protocol', 'learn'].map((part) => path.join(recipes, part)).join(path.delimiter);
}

function failed({ failure, stderr }: Ended, result: FitResult | null): JobFailedError {
  const lines = stderr.trimEnd().split('\n').slice(-SHOWN_LINES).join('\n');
  const said = lines ? ` Its last lines:\n${lines}` : '';
  const reason = result?.error ?? failure?.split('\n')[0] ?? 'no valid result.json was written';
  return new JobFailedError(
    'fit',
    'user_code',
    `The process that trains learners failed: ${reason}.${said}`,
  );
}
