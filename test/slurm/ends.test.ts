/** How Slurm ends jobs, and what is recorded of it. */
import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pause, startTime } from '../../src/base/processes';
import { jobOf, letGo, readFile, until, untilNoted, untilStatus } from '../support/jobs';
import {
  identityIn,
  openSlurmCluster,
  programsWith,
  slurm,
  slurmEnvironment,
  untilNodeBack,
  type OpenedSlurmCluster,
} from '../support/slurm-cluster';

const FOREVER = "note('starts'); wait('never')";

let opened: OpenedSlurmCluster;
beforeEach(() => void (opened = openSlurmCluster()));
afterEach(() => opened.close());

async function running(name: string, code = FOREVER, cluster = opened.cluster): Promise<string> {
  await cluster.submit(jobOf(name, code));
  await untilNoted(cluster, name, 'starts');
  return (await untilStatus(cluster, name, 'running')).external_id;
}

describe('a job that somebody else cancels', () => {
  it('is cancelled, and says by whom', async () => {
    // Only accounting says by whom, and it may be late by seconds.
    const patient = opened.another({ grace_seconds: 120 });
    slurm('scancel', await running('scancelled', FOREVER, patient));
    const state = await untilStatus(patient, 'scancelled', 'failed');
    expect(state).toMatchObject({ failure_class: 'cancelled', attempt: 1 });
    expect(state.message).toContain('cancelled by user 0');
    expect(state.usage?.wall_seconds).toBeGreaterThan(0);
  });

  it('before it started is cancelled too', async () => {
    const held = opened.another({ options: ['--hold'] });
    await held.submit(jobOf('never-began', FOREVER));
    await until(
      async () => (await held.live()).includes('never-began'),
      () => 'the job to be listed',
    );
    const id = slurm('squeue', '-h', '-o', '%i', '--state=PENDING');
    slurm('scancel', id);
    const state = await untilStatus(held, 'never-began', 'failed');
    expect(state).toMatchObject({ failure_class: 'cancelled', external_id: id, started_at: null });
  });
});

describe('a job that is killed', () => {
  it('with its leader is a failure of the node, and leaves nothing behind', async () => {
    await running('killed', "note('starts'); note('pid', os.getpid()); wait('never')");
    const child = Number(await untilNoted(opened.cluster, 'killed', 'pid'));
    process.kill(identityIn(opened.cluster, 'killed').pid, 'SIGKILL');
    const state = await untilStatus(opened.cluster, 'killed', 'failed');
    expect(state).toMatchObject({ failure_class: 'node_failure' });
    expect(state.message).toContain('killed on its node');
    expect(startTime(child)).toBeNull();
  });

  it('is known to be dead where there is no accounting', async () => {
    const script = 'echo "Slurm accounting storage is disabled" >&2; exit 1';
    const without = programsWith({ sacct: script });
    const blind = openSlurmCluster({}, without.environment);
    await running('killed', FOREVER, blind.cluster);
    process.kill(identityIn(blind.cluster, 'killed').pid, 'SIGKILL');
    expect(await untilStatus(blind.cluster, 'killed', 'failed')).toMatchObject({
      failure_class: 'node_failure',
    });
    await running('stopped', FOREVER, blind.cluster);
    slurm('scancel', `--name=${slurm('squeue', '-h', '-o', '%j', '--state=RUNNING')}`);
    expect(await untilStatus(blind.cluster, 'stopped', 'failed')).toMatchObject({
      failure_class: 'cancelled',
    });
    await blind.close();
    without.remove();
  });
});

it('the GPU time of a job is what accounting counts', async () => {
  // Accounting may be late by seconds.
  const cluster = opened.another({ gpus: 2, grace_seconds: 120 });
  await running('counted', "note('starts'); time.sleep(2)", cluster);
  const { usage, external_id } = await untilStatus(cluster, 'counted', 'succeeded');
  expect(usage?.allocation?.gpus).toBe(2);
  expect(usage?.allocation?.seconds).toBeGreaterThanOrEqual(2);
  const format = '--format=ElapsedRaw,AllocTRES';
  const counted = slurm('sacct', '-X', '-n', '-P', '-j', external_id, format);
  expect(counted).toMatch(new RegExp(`^${usage?.allocation?.seconds}\\|.*gres/gpu=2`));
});

it('a job that holds more memory than it asked for is ended by Slurm for that', async () => {
  const small = opened.another({ mem: '60M' });
  const code = "note('starts'); held = bytearray(b'x' * 300_000_000); wait('never')";
  await running('greedy', code, small);
  const state = await untilStatus(small, 'greedy', 'failed');
  expect(state).toMatchObject({ failure_class: 'out_of_memory' });
  expect(state.message).toContain('Slurm stopped the job because memory ran out');
});

it("a job that runs past Slurm's own limit without a warning has run out of time", async () => {
  const limited = opened.another({ options: ['--time=1'] });
  await running('slow', FOREVER, limited);
  // Slurm looks at time limits twice a minute.
  await pause(75_000);
  const state = await untilStatus(limited, 'slow', 'failed');
  expect(state).toMatchObject({ failure_class: 'timeout' });
  expect(state.message).toContain('Slurm stopped the job at its time limit');
}, 150_000);

it('a job whose leader cannot be started says what its node says', async () => {
  const lacking = openSlurmCluster({}, slurmEnvironment(), '/no/such/python');
  await lacking.cluster.submit(jobOf('unstarted', ''));
  const state = await untilStatus(lacking.cluster, 'unstarted', 'failed');
  expect(state).toMatchObject({ failure_class: 'cluster_unavailable', started_at: null });
  expect(state.message).toContain('/no/such/python');
  await lacking.close();
});

it('a job whose node goes down is a failure of the node', async () => {
  await running('node-lost');
  slurm('scontrol', 'update', `nodename=${os.hostname()}`, 'state=down', 'reason=test');
  try {
    const state = await untilStatus(opened.cluster, 'node-lost', 'failed');
    expect(state).toMatchObject({ failure_class: 'node_failure' });
    expect(state.message).toContain('node');
  } finally {
    await untilNodeBack(os.hostname());
  }
});

describe('a job that gives way to one of a better partition', () => {
  const whole = { options: ['--exclusive'] };

  it('is preempted, which is no failure of its own', async () => {
    const main = opened.another({ partition: 'main', ...whole });
    await running('weak', FOREVER, main);
    await opened.another({ partition: 'urgent', ...whole }).submit(jobOf('strong', ''));
    const state = await untilStatus(main, 'weak', 'failed');
    expect(state).toMatchObject({ failure_class: 'preempted' });
    expect(state.message).toContain('preempted');
    await untilStatus(main, 'strong', 'succeeded');
  });

  it('is started again by Slurm itself under `requeue`, as the same attempt, and costs all its starts', async () => {
    const main = opened.another({
      ...{ partition: 'main', requeue: true, gpus: 4, ...whole },
      grace_seconds: 120,
    });
    const code = "note('starts'); wait('go' if len(open('starts').readlines()) > 1 else 'never')";
    const id = await running('patient', code, main);
    await opened.another({ partition: 'urgent', ...whole }).submit(jobOf('strong', ''));
    const waits = await untilStatus(main, 'patient', 'queued');
    expect(waits.reason).toContain(id);
    await untilStatus(main, 'strong', 'succeeded');
    // Slurm lets a job that was put back wait for two minutes, if nobody says otherwise.
    slurm('scontrol', 'update', `jobid=${id}`, 'StartTime=now');
    await until(
      () => readFile(main, jobOf('patient', ''), 'starts') === '\n\n',
      () => 'the second start',
    );
    letGo(main, 'patient', 'go');
    const { usage, ...state } = await untilStatus(main, 'patient', 'succeeded');
    expect(state).toMatchObject({ attempt: 1, external_id: id });
    const starts = slurm('sacct', '-X', '-n', '-P', '-D', '-j', id, '--format=ElapsedRaw');
    const seconds = starts.split('\n').map(Number);
    expect(seconds).toHaveLength(2);
    expect(usage?.allocation).toMatchObject({ gpus: 4, seconds: seconds.reduce((a, b) => a + b) });
  }, 150_000);
});

describe('a recipe is warned before its time is up, and can write a checkpoint', () => {
  const code =
    "signal.signal(signal.SIGTERM, lambda *_: (note('checkpoint'), sys.exit(3))); note('starts'); wait('never')";

  it('by the limit of its request', async () => {
    const polite = opened.another({ signal_before_seconds: 15 });
    await polite.submit(jobOf('warned', code, { time_limit_seconds: 25 }));
    expect(await untilStatus(polite, 'warned', 'failed')).toMatchObject({
      failure_class: 'timeout',
    });
    expect(readFile(polite, jobOf('warned', ''), 'checkpoint')).toBe('\n');
  });

  it("by Slurm's own limit", async () => {
    // Slurm looks at time limits twice a minute, and signals at the look before.
    const polite = opened.another({ signal_before_seconds: 20, options: ['--time=1'] });
    await polite.submit(jobOf('warned', code));
    await untilNoted(polite, 'warned', 'starts');
    const state = await untilStatus(polite, 'warned', 'failed');
    expect(state).toMatchObject({ failure_class: 'timeout' });
    expect(readFile(polite, jobOf('warned', ''), 'checkpoint')).toBe('\n');
  }, 90_000);
});

it('a job whose end is on record while it still runs, out of sight, is ended', async () => {
  await running('zombie', "note('starts'); note('pid', os.getpid()); wait('never')");
  const pid = Number(await untilNoted(opened.cluster, 'zombie', 'pid'));
  const control = path.join(opened.cluster.folder('zombie').dir, 'control', '1');
  expect(readFileSync(path.join(control, 'wrapper.json'), 'utf8')).toContain('"restart": 0');
  opened.declareLost('zombie');
  expect(await untilStatus(opened.cluster, 'zombie', 'failed')).toMatchObject({
    failure_class: 'node_failure',
  });
  await until(
    () => startTime(pid) === null,
    () => 'the job to end',
  );
});
