/**
 * A child process that trains learners (`python -m foretune_learn.fit`), started before its work is
 * known: importing scikit-learn takes it as long as everything else together.
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
  /** The recipes' interpreter. */
  readonly python: string;
  /** Folder of the Python packages. */
  readonly recipes: string;
  /** Modules to import at once. */
  readonly preload: readonly string[];
  /** Where its temporary folder is made; that of the system by default. */
  readonly temporary?: string;
  /** Ends the process. */
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
    // A process that is gone already says why in its end.
    this.child.stdin?.on('error', () => undefined);
  }

  /** Throws SpecError for a learner that is refused, JobFailedError with the last lines for all else. */
  async fit(jobs: readonly TrainingJob[]): Promise<Trained[]> {
    await writeJob(this.folder, jobs, PROCESSES);
    this.child.stdin?.write('\n');
    const ended = await this.ended;
    const result = await this.result();
    if (result?.status === 'refused')
      throw new SpecError(result.error ?? 'The learner is refused.');
    if (result?.status !== 'done') throw failed(ended, result);
    return readAnswers(this.folder, jobs, result);
  }

  /** Ends it, whatever it is doing; the processes that it forked end with their input. */
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
      return null; // the process's own words say more than a missing or broken file
    }
  }
}

function pythonPath(recipes: string): string {
  return ['protocol', 'learn'].map((part) => path.join(recipes, part)).join(path.delimiter);
}

function failed({ failure, stderr }: Ended, result: FitResult | null): JobFailedError {
  const lines = stderr.trimEnd().split('\n').slice(-SHOWN_LINES).join('\n');
  const said = lines ? ` Its last lines:\n${lines}` : '';
  const reason = result?.error ?? failure?.split('\n')[0] ?? 'it wrote no valid result.json';
  return new JobFailedError(
    'fit',
    'user_code',
    `The process that trains learners failed: ${reason}.${said}`,
  );
}
