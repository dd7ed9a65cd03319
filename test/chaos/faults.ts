/** Makes go wrong what a round has drawn. */
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Workplace } from '../support/cli';
import type { StudyClient } from './client';
import { untilContinued } from './continued';
import { attempts, runningAttempts } from '../support/running-jobs';
import { commandOf, jobPids, limitFileSize, pidOf, sendSignal } from './processes';
import { faultIn, setFault, type S3Fault } from './s3-faults';
import type { Fault, FaultKind } from './schedule';

export interface Scene {
  readonly workplace: Workplace;
  readonly client: StudyClient;
}

/** Resolves when it is over: true when it met something. */
type Inflict = (scene: Scene, fault: Fault) => Promise<boolean> | boolean;

const POLL_MS = 2;
const JOB_PATIENCE_MS = 5000;
const WORKER_PATIENCE_MS = 20_000;
const WRONG_CLOCK = path.join(__dirname, 'wrong-clock.cjs');
const HOUR_MS = 3_600_000;
const CLOCK_ERRORS_MS = [-26_280, -1, 1, 26_280].map((hours) => hours * HOUR_MS);
const FILE_SIZES = [0, 512, 8192, 262_144];

const INFLICT: Readonly<Record<FaultKind, Inflict>> = {
  worker: ({ workplace }) => killOf(workplace, 'worker.pid'),
  job: killJob,
  temporal: ({ workplace }) => killOf(workplace, 'temporal.json'),
  s3: ({ workplace }) => killGroupOf(workplace, 's3.json'),
  client: ({ client }) => (client.kill(), true),
  's3-403': spoilS3('403'),
  's3-409': spoilS3('409'),
  's3-500': spoilS3('500'),
  's3-503': spoilS3('503'),
  's3-slow': spoilS3('slow'),
  's3-lost': spoilS3('lost'),
  'file-size': limitFiles,
  'frozen-worker': freezeWorker,
  'wrong-clock': setClockWrong,
  'worker-at-submit': killWorkerAtSubmit,
  'worker-at-commit': killByStore('kill-before-commit'),
  'worker-behind-commit': killByStore('kill-after-commit'),
  'worker-at-continue': async ({ workplace }, { lasts }) =>
    (await untilContinued(workplace.stateDir, lasts)) && killOf(workplace, 'worker.pid'),
  'temporal-at-continue': async ({ workplace }, { lasts }) =>
    (await untilContinued(workplace.stateDir, lasts)) && killOf(workplace, 'temporal.json'),
};

/** Waits for its time and for its end. What was done, in words: `worker 3.2 s`. */
export async function inflict(scene: Scene, fault: Fault): Promise<string> {
  await setTimeout(fault.at);
  const met = await INFLICT[fault.kind](scene, fault);
  return `${fault.kind} ${(fault.at / 1000).toFixed(1)} s${met ? '' : ' (met nothing)'}`;
}

function killOf({ stateDir }: Workplace, file: string): boolean {
  return sendSignal(pidOf(stateDir, file), 'SIGKILL');
}

/** The S3 server is two processes: the real one and the proxy before it. */
function killGroupOf({ stateDir }: Workplace, file: string): boolean {
  const pid = pidOf(stateDir, file);
  return pid !== null && sendSignal(-pid, 'SIGKILL');
}

async function killJob({ workplace }: Scene, { choice }: Fault): Promise<boolean> {
  const running = () => runningAttempts(workplace.stateDir);
  await until(() => running().length > 0, JOB_PATIENCE_MS);
  const jobs = running();
  const pids = jobPids(jobs[choice % Math.max(1, jobs.length)] ?? '');
  return sendSignal(pids[choice % Math.max(1, pids.length)] ?? null, 'SIGKILL');
}

function spoilS3(kind: S3Fault): Inflict {
  return async ({ workplace: { stateDir } }, { lasts }) => {
    setFault(stateDir, kind);
    await setTimeout(lasts);
    setFault(stateDir, null);
    return true;
  };
}

/** The server itself kills the worker at the next commit. */
function killByStore(kind: S3Fault): Inflict {
  return async ({ workplace: { stateDir } }, { lasts }) => {
    setFault(stateDir, kind);
    const killed = await until(() => faultIn(stateDir) !== kind, lasts);
    if (!killed) setFault(stateDir, null);
    return killed;
  };
}

async function killWorkerAtSubmit({ workplace }: Scene, { lasts }: Fault): Promise<boolean> {
  const { stateDir } = workplace;
  const before = attempts(stateDir).length;
  const submitting = await until(() => attempts(stateDir).length > before, lasts);
  return submitting && killOf(workplace, 'worker.pid');
}

/** Of the worker, of its jobs, and of all that they start meanwhile. */
async function limitFiles({ workplace }: Scene, { lasts, choice }: Fault): Promise<boolean> {
  const { stateDir } = workplace;
  const worker = pidOf(stateDir, 'worker.pid');
  const launchers = workplace.processes().filter((pid) => /job_launcher/.test(commandOf(pid)));
  const started = [...launchers, ...runningAttempts(stateDir).flatMap(jobPids)];
  const pids = [...(worker === null ? [] : [worker]), ...started];
  limitFileSize(pids, FILE_SIZES[choice % FILE_SIZES.length] ?? 0);
  await setTimeout(lasts);
  limitFileSize(workplace.processes(), 'unlimited');
  return pids.length > 0;
}

async function freezeWorker({ workplace }: Scene, { lasts }: Fault): Promise<boolean> {
  const pid = pidOf(workplace.stateDir, 'worker.pid');
  const frozen = sendSignal(pid, 'SIGSTOP');
  await setTimeout(frozen ? lasts : 0);
  return sendSignal(pid, 'SIGCONT') && frozen;
}

/** A worker whose date is wrong takes the place of the one that runs. */
async function setClockWrong({ workplace, client }: Scene, { choice }: Fault): Promise<boolean> {
  const error = CLOCK_ERRORS_MS[choice % CLOCK_ERRORS_MS.length] ?? 0;
  client.hold();
  killOf(workplace, 'worker.pid');
  const clock = { NODE_OPTIONS: `--require ${WRONG_CLOCK}`, CHAOS_CLOCK_MS: String(error) };
  const worker = workplace.with(clock).start('worker').process;
  const ready = () => pidOf(workplace.stateDir, 'worker-ready.json') === worker.pid;
  const met = await until(() => ready() || worker.exitCode !== null, WORKER_PATIENCE_MS);
  client.release();
  return met && worker.exitCode === null;
}

/** False when it did not come in time. */
async function until(holds: () => boolean, ms: number): Promise<boolean> {
  for (const end = Date.now() + ms; Date.now() < end; await setTimeout(POLL_MS))
    if (holds()) return true;
  return holds();
}
