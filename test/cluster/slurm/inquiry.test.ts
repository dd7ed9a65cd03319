/** Slurm's answers are matched to jobs: a script replaces its programs. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { JobFolder, writeJson } from '../../../src/cluster/disk/job-folder';
import { unstarted } from '../../../src/cluster/disk/job-state';
import { Inquiry } from '../../../src/cluster/slurm/inquiry';
import { Ledger } from '../../../src/cluster/slurm/ledger';
import type { Look } from '../../../src/cluster/slurm/records';
import { Scheduler } from '../../../src/cluster/slurm/scheduler';
import { judge } from '../../../src/cluster/slurm/verdict';

const AT = new Date('2026-11-26T10:00:00Z');
const START = '2026-11-26T10:00:05';

let root: string;
beforeEach(() => void (root = mkdtempSync(path.join(os.tmpdir(), 'foretune-inquiry-'))));
afterEach(() => rmSync(root, { recursive: true }));

/** Slurm that answers with these rows; `NAME` is the name of the batch `abc`. */
function slurmThatSays(says: { readonly squeue?: string; readonly sacct?: string }) {
  const ledger = new Ledger(root);
  const calls: string[][] = [];
  const run = (command: readonly string[]) => {
    calls.push([...command]);
    const said = says[command[0] as 'squeue' | 'sacct'] ?? '';
    return Promise.resolve(said.replaceAll('NAME', ledger.jobName('abc')));
  };
  const inquiry = new Inquiry(ledger, new Scheduler(run, 1000), 60_000);
  const evidence = async (look: Look) => inquiry.evidence(look, await inquiry.ask([look]));
  return { calls, evidence };
}

function lookOf(changes: Partial<Look> = {}): Look {
  const submission = { batch: 'abc', place: 0, at: AT, withdrawn: false, number: 1 };
  const folder = new JobFolder(root, 'job');
  const name = 'job';
  return {
    ...{ name, folder, submission, attempt: 1, exit: null },
    isUncounted: false,
    ...changes,
  };
}

it('accounting is asked for the GPU time of a job that has ended, while its node clears up', async () => {
  const { evidence } = slurmThatSays({
    squeue: `7|COMPLETING|None|${START}|NAME\n`,
    sacct: `7|COMPLETED|${START}|2026-11-26T10:01:05|60|gres/gpu=2|NAME\n`,
  });
  const look = lookOf({ isUncounted: true, exit: unstarted(null) });
  expect((await evidence(look)).accounted).toMatchObject({ elapsed_seconds: 60, gpus: 2 });
});

it('a job that was submitted twice is the one that runs', async () => {
  const { evidence } = slurmThatSays({
    squeue: `7|RUNNING|None|${START}|its-first-name\n8|COMPLETED|None|${START}|NAME\n`,
    sacct: `8|COMPLETED|${START}|2026-11-26T10:00:06|1||NAME\n`,
  });
  const wrapper = { pid: 1, started: '1', started_at: AT, job_id: '7' };
  await writeJson(lookOf().folder.control(1, 'wrapper.json'), wrapper);
  expect(judge(await evidence(lookOf()))).toMatchObject({ status: 'running', external_id: '7' });
});

it('the GPU time of a job that Slurm started again is that of all its starts', async () => {
  const { calls, evidence } = slurmThatSays({
    sacct: [
      `7|RUNNING|2026-11-26T12:00:00|Unknown|30|gres/gpu=2|NAME`,
      `7|PREEMPTED|${START}|2026-11-26T11:00:05|3600|gres/gpu=2|NAME`,
    ].join('\n'),
  });
  const { accounted } = await evidence(lookOf());
  expect(accounted).toMatchObject({ state: 'RUNNING', elapsed_seconds: 3630, gpus: 2 });
  expect(calls.at(-1)).toContain('--duplicates');
});

it('one that waits for its next start has had what it had', async () => {
  const { evidence } = slurmThatSays({
    sacct: `7|PENDING|Unknown|Unknown|0||NAME\n7|NODE_FAIL|${START}|2026-11-26T11:00:05|3600|gres/gpu=4|NAME\n`,
  });
  const { accounted } = await evidence(lookOf());
  expect(accounted).toMatchObject({ state: 'PENDING', elapsed_seconds: 3600, gpus: 4 });
});

it('who asks while an answer is awaited awaits the same, however long it takes', async () => {
  const calls: (() => void)[] = [];
  const run = () => new Promise<string>((resolve) => calls.push(() => resolve('')));
  const scheduler = new Scheduler(run, 0);
  const first = scheduler.queue();
  const second = scheduler.queue();
  expect(calls).toHaveLength(1);
  calls[0]?.();
  await Promise.all([first, second]);
  void scheduler.queue();
  expect(calls).toHaveLength(2);
});
