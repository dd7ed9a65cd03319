/**
 * A controller that comes and goes, and submitters that die: nothing is lost, nothing runs twice.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ClusterUnavailableError } from '../../src/base/errors';
import { jobOf, letGo, readFile, until, untilNoted, untilStatus } from '../support/jobs';
import {
  openSlurmCluster,
  programsWith,
  slurm,
  slurmService,
  untilAccounted,
  type OpenedSlurmCluster,
} from '../support/slurm-cluster';

let opened: OpenedSlurmCluster;
beforeEach(() => void (opened = openSlurmCluster()));
afterEach(() => opened.close());

const startsOf = (name: string) => readFile(opened.cluster, jobOf(name, ''), 'starts');

it('a controller that comes back finds its jobs again, and so do we', async () => {
  const { cluster } = opened;
  await cluster.submit(jobOf('before', "note('starts'); wait('go')"));
  await untilNoted(cluster, 'before', 'starts');
  slurmService('stop-controller');
  try {
    await until(
      async () =>
        (await cluster.poll(['before']).catch((error: unknown) => error)) instanceof Error,
      () => 'a poll to fail',
    );
    await expect(cluster.poll(['before'])).rejects.toBeInstanceOf(ClusterUnavailableError);
    const request = jobOf('meanwhile', "note('starts')");
    await expect(cluster.submit(request)).rejects.toBeInstanceOf(ClusterUnavailableError);
  } finally {
    slurmService('start');
  }
  await untilStatus(cluster, 'before', 'running');
  await cluster.submit(jobOf('meanwhile', "note('starts')"));
  await untilStatus(cluster, 'meanwhile', 'succeeded');
  letGo(cluster, 'before', 'go');
  await untilStatus(cluster, 'before', 'succeeded');
  expect([startsOf('before'), startsOf('meanwhile')]).toEqual(['\n', '\n']);
}, 120_000);

it('an end that a job recorded itself is reported while the controller is away', async () => {
  const { cluster } = opened;
  await cluster.submit(jobOf('ends', "note('starts'); wait('go')"));
  await untilNoted(cluster, 'ends', 'starts');
  slurmService('stop-controller');
  try {
    letGo(cluster, 'ends', 'go');
    await untilEnds(cluster.folder('ends').dir);
    expect((await cluster.poll(['ends'])).get('ends')).toMatchObject({ status: 'succeeded' });
  } finally {
    slurmService('start');
  }
}, 120_000);

it('a job is cancelled while the controller is away', async () => {
  const { cluster } = opened;
  await cluster.submit(jobOf('unwanted', "note('starts'); wait('never')"));
  await untilNoted(cluster, 'unwanted', 'starts');
  slurmService('stop-controller');
  try {
    await cluster.cancel('unwanted');
    expect((await cluster.poll(['unwanted'])).get('unwanted')).toMatchObject({
      failure_class: 'cancelled',
    });
  } finally {
    slurmService('start');
  }
}, 120_000);

async function untilEnds(folder: string): Promise<void> {
  await until(
    () => existsSync(path.join(folder, 'control', '1', 'exit.json')),
    () => 'the end of the job',
  );
}

describe('a submission whose answer was lost', () => {
  it('is found by its name, and not repeated', async () => {
    const real = slurm('which', 'sbatch');
    const script = `${real} "$@" > /dev/null; echo "Socket timed out on send/recv operation" >&2; exit 1`;
    const lossy = programsWith({ sbatch: script });
    const unlucky = opened.withEnvironment(lossy.environment);
    const request = jobOf('answer-lost', "note('starts'); wait('go')");
    await expect(unlucky.submit(request)).rejects.toBeInstanceOf(ClusterUnavailableError);
    await untilStatus(opened.cluster, 'answer-lost', 'running');
    expect(await opened.cluster.submit(request)).toMatchObject({ status: 'running' });
    letGo(opened.cluster, 'answer-lost', 'go');
    await untilStatus(opened.cluster, 'answer-lost', 'succeeded');
    expect(startsOf('answer-lost')).toBe('\n');
    lossy.remove();
  });

  it('of a submitter that died before it called Slurm is repeated, after the grace', async () => {
    const lost = programsWith({ sbatch: 'echo "Socket timed out" >&2; exit 1' });
    const request = jobOf('never-came', "note('starts')");
    await expect(opened.withEnvironment(lost.environment).submit(request)).rejects.toThrow('timed');
    expect(await opened.cluster.submit(request)).toMatchObject({ status: 'queued' });
    await untilStatus(opened.cluster, 'never-came', 'unknown');
    await opened.cluster.submit(request);
    await untilStatus(opened.cluster, 'never-came', 'succeeded');
    expect(startsOf('never-came')).toBe('\n');
    lost.remove();
  });

  it('runs once where Slurm had it twice', async () => {
    const real = slurm('which', 'sbatch');
    const script = `cat > "$0.in"; ${real} "$@" < "$0.in" > /dev/null; exec ${real} "$@" < "$0.in"`;
    const twice = programsWith({ sbatch: script });
    await opened.withEnvironment(twice.environment).submit(jobOf('twice', "note('starts')"));
    await untilStatus(opened.cluster, 'twice', 'succeeded');
    await until(
      () => slurm('squeue', '-h') === '',
      () => 'both to end',
    );
    expect(startsOf('twice')).toBe('\n');
    twice.remove();
  });
});

it('a submitter that died before it claimed anything is followed by the next', async () => {
  const { cluster } = opened;
  mkdirSync(path.join(cluster.folder('half').dir, 'control', '1'), { recursive: true });
  writeFileSync(path.join(cluster.folder('half').dir, 'control', '1', 'request.json'), '{}');
  expect((await cluster.poll(['half'])).get('half')).toEqual({ status: 'unknown' });
  await cluster.submit(jobOf('half', "note('starts')"));
  await untilStatus(cluster, 'half', 'succeeded');
});

it('jobs of one moment become one array, each in its own folder, which accounting knows', async () => {
  const { cluster } = opened;
  const names = Array.from({ length: 30 }, (_, i) => `wide-${i}`);
  await Promise.all(
    names.map((name) => cluster.submit(jobOf(name, `note('own', ${JSON.stringify(name)})`))),
  );
  const states = await Promise.all(names.map((name) => untilStatus(cluster, name, 'succeeded')));
  expect(names.map((name) => readFile(cluster, jobOf(name, ''), 'own').trim())).toEqual(names);
  const ids = states.map(({ external_id }) => external_id);
  expect(new Set(ids.map((id) => id.split('_')[0])).size).toBe(1);
  expect(new Set(ids).size).toBe(30);
  await untilAccounted(ids);
}, 90_000);

it('part of an array is cancelled alone', async () => {
  const { cluster } = opened;
  const names = ['keep-1', 'drop', 'keep-2'];
  await Promise.all(names.map((name) => cluster.submit(jobOf(name, "wait('go')"))));
  for (const name of names) await untilStatus(cluster, name, 'running');
  await cluster.cancel('drop');
  expect(await untilStatus(cluster, 'drop', 'failed')).toMatchObject({
    failure_class: 'cancelled',
  });
  for (const name of ['keep-1', 'keep-2']) letGo(cluster, name, 'go');
  for (const name of ['keep-1', 'keep-2']) await untilStatus(cluster, name, 'succeeded');
});

it('jobs of other folders and of other programs are not ours', async () => {
  const other = openSlurmCluster();
  await other.cluster.submit(jobOf('theirs', "wait('go')"));
  await untilStatus(other.cluster, 'theirs', 'running');
  const id = slurm('sbatch', '--parsable', '--output=/dev/null', '--wrap', 'sleep 30');
  expect(await opened.cluster.live()).toEqual([]);
  expect(await other.cluster.live()).toEqual(['theirs']);
  slurm('scancel', id);
  await other.close();
});
