/** Tiny Hugging Face models made on the spot, and jobs of the recipe in its own environment. */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { JobSchema, ProgressSchema, type Job } from '../../src/domain/job-schema';
import { pause } from '../../src/base/processes';
import { kill, runProgram, type Ended } from './cli';
import { ROOT } from './root';

export const PYTHON = path.join(ROOT, '.foretune/hf-venv/bin/python');

/** A data folder with models, text, questions and tasks; the caller removes it. */
export function makeData(): string {
  const data = mkdtempSync(path.join(os.tmpdir(), 'foretune-hf-'));
  execFileSync(PYTHON, [path.join(ROOT, 'test/fixtures/hf/make_data.py'), data], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return data;
}

/** What a job sees of the environment. */
export function jobEnvironment(data: string): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  const parts = ['protocol', 'measures', 'hf'].map((part) => path.join(ROOT, 'recipes', part));
  const PYTHONPATH = parts.join(path.delimiter);
  return { PATH, HOME, PYTHONPATH, FORETUNE_HF_DATA: data, HF_HUB_OFFLINE: '1' };
}

/**
 * Runs a job in a folder of its own, `<data>/<name>`, in as many processes of the program as there
 * are environments.
 */
export function runJob(
  data: string,
  name: string,
  job: Job,
  environments: readonly NodeJS.ProcessEnv[] = [{}],
  program: readonly string[] = ['-m', 'foretune_hf'],
): { readonly work: string; readonly ended: Promise<Ended[]> } {
  const work = path.join(data, name);
  mkdirSync(work, { recursive: true });
  const file = path.join(work, 'job.json');
  writeFileSync(file, JSON.stringify({ ...job, work_dir: work }));
  const ended = environments.map((more) =>
    runProgram(PYTHON, [...program, file], { ...jobEnvironment(data), ...more }),
  );
  return { work, ended: Promise.all(ended) };
}

/**
 * Waits until the run has taken so many steps in that folder, and sends the signal to all processes
 * there.
 */
export async function signalMidway(
  work: string,
  run: string,
  step: number,
  signal: NodeJS.Signals,
): Promise<void> {
  while (stepsOf(work, run) < step) await pause(20);
  for (const pid of processesOf(work)) process.kill(pid, signal);
}

/** Waits until the run has taken so many steps, and kills its job's process. Returns the job. */
export async function killMidway(stateDir: string, run: string, step: number): Promise<Job> {
  for (;;) {
    const folder = jobFolders(stateDir).find((one) => stepsOf(one, run) >= step);
    if (folder) {
      for (const pid of processesOf(folder)) kill(pid);
      return JobSchema.parse(JSON.parse(readFileSync(path.join(folder, 'job.json'), 'utf8')));
    }
    await pause(20);
  }
}

function jobFolders(stateDir: string): string[] {
  const jobs = path.join(stateDir, 'clusters/local/jobs');
  return existsSync(jobs) ? readdirSync(jobs).map((name) => path.join(jobs, name)) : [];
}

function stepsOf(folder: string, run: string): number {
  const file = path.join(folder, 'progress.jsonl');
  if (!existsSync(file)) return 0;
  const last = readFileSync(file, 'utf8').trimEnd().split('\n').at(-1) ?? '';
  const parsed = ProgressSchema.safeParse(readLine(last));
  return parsed.success && parsed.data.run_id === run ? parsed.data.step : 0;
}

function readLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null; // it is being written
  }
}

function processesOf(folder: string): number[] {
  const lines = execFileSync('ps', ['axww', '-o', 'pid=,args=']).toString().split('\n');
  const own = lines.filter((line) => /foretune_hf|forced_fsdp/.test(line) && line.includes(folder));
  return own.map((line) => Number.parseInt(line, 10));
}
