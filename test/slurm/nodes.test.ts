/** Jobs of several tasks, on several nodes: one model is trained by all, and one end is theirs. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pause } from '../../src/base/processes';
import { openWorkplace } from '../support/cli';
import { jobOf, letGo, readFile, until, untilNoted, untilStatus } from '../support/jobs';
import { ownClone } from '../support/own-clone';
import {
  openSlurmCluster,
  slurm,
  untilNodeBack,
  type OpenedSlurmCluster,
} from '../support/slurm-cluster';

const SECOND = 'foretune-second';
/** The name of the node, as each task sees it. */
const NODE = "os.environ['SLURMD_NODENAME']";

let opened: OpenedSlurmCluster;
let nodes: readonly string[];
beforeAll(() => {
  opened = openSlurmCluster({ partition: 'wide', nodes: 2, mem: '500M' });
  nodes = slurm('sinfo', '-h', '-N', '-p', 'wide', '-o', '%N').split('\n').sort();
});
afterAll(() => opened.close());

const noted = (name: string, file: string) => readFile(opened.cluster, jobOf(name, ''), file);

it('a process starts on each node, with the environment of the recipe', async () => {
  const code = `note(${NODE}, os.environ['MARK'] + str(shutil.which('env')))`;
  const request = jobOf('pair', `import shutil\n${code}`, { environment: { MARK: 'yes ' } });
  await opened.cluster.submit(request);
  await untilStatus(opened.cluster, 'pair', 'succeeded');
  expect(nodes).toHaveLength(2);
  for (const node of nodes) expect(noted('pair', node)).toMatch(/^yes \/.*env\n$/);
});

it('so do several on one, each with its processors', async () => {
  const both = opened.another({ nodes: 1, tasks_per_node: 2, cpus: 2 });
  const code =
    "note('task-' + os.environ['SLURM_LOCALID'], os.environ['SLURM_CPUS_PER_TASK'] + ' of ' + os.environ['SLURM_NTASKS'])";
  await both.submit(jobOf('tasks', code));
  await untilStatus(both, 'tasks', 'succeeded');
  for (const task of ['task-0', 'task-1']) expect(noted('tasks', task)).toBe('2 of 2\n');
});

it('all are warned before the time is up', async () => {
  const polite = opened.another({ signal_before_seconds: 16 });
  const code = `signal.signal(signal.SIGTERM, lambda *_: (note('saved-' + ${NODE}), sys.exit(3)))\nnote(${NODE})\nwait('never')`;
  await polite.submit(jobOf('saves', code, { time_limit_seconds: 28 }));
  for (const node of nodes) await untilNoted(polite, 'saves', node);
  expect(await untilStatus(polite, 'saves', 'failed')).toMatchObject({ failure_class: 'timeout' });
  for (const node of nodes) expect(noted('saves', `saved-${node}`)).toBe('\n');
}, 90_000);

it('one that fails ends the others', async () => {
  const code = `note(${NODE})\nif ${NODE} == '${SECOND}': sys.exit('no data here')\nwait('never')`;
  await opened.cluster.submit(jobOf('halved', code));
  const state = await untilStatus(opened.cluster, 'halved', 'failed');
  expect(state).toMatchObject({ failure_class: 'user_code' });
  expect(state.message).toContain('no data here');
});

it('a cancelled job leaves none behind', async () => {
  const code = `signal.signal(signal.SIGTERM, signal.SIG_IGN)\nnote(${NODE}, os.getpid())\nwait('never')`;
  await opened.cluster.submit(jobOf('stubborn', code));
  const pids: string[] = [];
  for (const node of nodes) pids.push(await untilNoted(opened.cluster, 'stubborn', node));
  await opened.cluster.cancel('stubborn');
  expect(await untilStatus(opened.cluster, 'stubborn', 'failed')).toMatchObject({
    failure_class: 'cancelled',
  });
  await until(
    () => pids.every((pid) => !runs(pid)),
    () => 'both tasks to end',
  );
}, 60_000);

it.each([0, 1])('of two jobs of an array only the one that is cancelled ends (%i)', async (i) => {
  const both = opened.another({ nodes: 1, tasks_per_node: 2 });
  const names = [`array-${i}-0`, `array-${i}-1`];
  await Promise.all(names.map((name) => both.submit(jobOf(name, "note('starts'); wait('go')"))));
  const states = await Promise.all(names.map((name) => untilStatus(both, name, 'running')));
  expect(new Set(states.map(({ external_id }) => external_id.split('_')[0])).size).toBe(1);
  for (const name of names) await untilNoted(both, name, 'starts');
  const [cancelled = '', other = ''] = i ? names : [...names].reverse();
  await both.cancel(cancelled);
  expect(await untilStatus(both, cancelled, 'failed')).toMatchObject({
    failure_class: 'cancelled',
  });
  letGo(both, other, 'go');
  await untilStatus(both, other, 'succeeded');
});

it('a task that somebody kills is a failure of its node', async () => {
  await opened.cluster.submit(jobOf('shot', `note(${NODE}, os.getpid())\nwait('never')`));
  const pids: string[] = [];
  for (const node of nodes) pids.push(await untilNoted(opened.cluster, 'shot', node));
  process.kill(Number(pids[1]), 'SIGKILL');
  expect(await untilStatus(opened.cluster, 'shot', 'failed')).toMatchObject({
    failure_class: 'node_failure',
  });
});

it('a job that has time to end is over, with all its tasks, when its end is reported', async () => {
  const polite = opened.another({ signal_before_seconds: 4 });
  const code = `signal.signal(signal.SIGTERM, signal.SIG_IGN)\nnote(${NODE}, os.getpid())\nwait('never')`;
  await polite.submit(jobOf('slow-to-save', code, { time_limit_seconds: 16 }));
  const pids: string[] = [];
  for (const node of nodes) pids.push(await untilNoted(polite, 'slow-to-save', node));
  const state = await untilStatus(polite, 'slow-to-save', 'failed');
  expect(state).toMatchObject({ failure_class: 'timeout' });
  expect(state.usage).toMatchObject({ cpu_seconds: null, max_rss_bytes: null });
  expect(pids.filter(runs)).toEqual([]);
}, 60_000);

it('the loss of one of its nodes is a failure of the node', async () => {
  await opened.cluster.submit(jobOf('torn', `note(${NODE})\nwait('never')`));
  for (const node of nodes) await untilNoted(opened.cluster, 'torn', node);
  slurm('scontrol', 'update', `nodename=${SECOND}`, 'state=down', 'reason=test');
  try {
    expect(await untilStatus(opened.cluster, 'torn', 'failed')).toMatchObject({
      failure_class: 'node_failure',
    });
  } finally {
    await untilNodeBack(SECOND);
  }
});

it('after which Slurm starts it again itself under `requeue`, as the same attempt', async () => {
  const patient = opened.another({ requeue: true });
  await patient.submit(jobOf('corrected', `note(${NODE})\nwait('go')`));
  for (const node of nodes) await untilNoted(patient, 'corrected', node);
  const { external_id } = await untilStatus(patient, 'corrected', 'running');
  slurm('scontrol', 'update', `nodename=${SECOND}`, 'state=down', 'reason=test');
  try {
    await untilStatus(patient, 'corrected', 'queued');
    // Nodes that still clear up do not start it.
    slurm('scontrol', 'hold', external_id);
  } finally {
    await untilNodeBack(SECOND);
  }
  letGo(patient, 'corrected', 'go');
  await pause(3000);
  slurm('scontrol', 'release', external_id);
  // Slurm lets a job that was put back wait for two minutes, if nobody says otherwise.
  slurm('scontrol', 'update', `jobid=${external_id}`, 'StartTime=now');
  expect(await untilStatus(patient, 'corrected', 'succeeded')).toMatchObject({
    ...{ attempt: 1, external_id },
  });
  for (const node of nodes) expect(noted('corrected', node)).toBe('\n\n');
}, 150_000);

it('a study trains its models on two nodes, and says what they cost', async () => {
  const clone = ownClone([
    "slurm: { kind: 'slurm' }",
    "slurm: { kind: 'slurm', partition: 'wide', nodes: 2, mem: '4G', price_per_hour: 3600 }",
  ]);
  const workplace = await openWorkplace(clone.folder);
  try {
    const study = ['test/fixtures/studies/tiny.ts', '--cluster', 'slurm'];
    const { code, stderr } = await workplace.foretune('run', ...study);
    if (code !== 0) throw new Error(stderr);
    const runs = await workplace.json<RunRow[]>('data', 'show', 'runs', '--study', 'tiny');
    const ended = runs.filter(({ status }) => status === 'done');
    const steps = slurm('sacct', '-n', '-P', '-o', 'JobID,NNodes,State');
    for (const { external_id, cost } of ended) {
      expect(steps).toContain(`${external_id}.0|2|COMPLETED`);
      expect(cost).toBeGreaterThan(0);
    }
  } finally {
    await workplace.close();
    clone.remove();
  }
}, 600_000);

interface RunRow {
  readonly status: string;
  readonly external_id: string;
  readonly cost: number;
}

function runs(pid: string): boolean {
  try {
    return !/^State:\tZ/m.test(readFileSync(path.join('/proc', pid, 'status'), 'utf8'));
  } catch {
    return false;
  }
}
