import { batchScript, launched, ranges, sbatchCommand } from '../../../src/cluster/slurm/options';
import { SpecError } from '../../../src/base/errors';
import { checkedClusters } from '../../../src/cluster/settings';
import { settingsOf, type SlurmChanges } from '../../support/slurm-cluster';

const BATCH = {
  name: 'foretune-1-2',
  root: '/shared/jobs',
  tasks: [0],
  shape: { threads: 2, time_limit_seconds: null as number | null },
  log: '/shared/jobs/batches/2.0.log',
};

function command(changes: SlurmChanges, batch: Partial<typeof BATCH> = {}): string[] {
  return sbatchCommand({ ...BATCH, ...batch }, settingsOf(changes));
}

it('every setting becomes an option', () => {
  const options = command(
    {
      partition: 'gpu',
      account: 'team',
      qos: 'high',
      constraint: 'a100&nvlink',
      ...{ gpus: 4, gpu_type: 'a100', nodes: 2, cpus: 16, mem: '64G', requeue: true },
      signal_before_seconds: 120,
      options: ['--exclusive', '--mail-type=END'],
    },
    { shape: { threads: 2, time_limit_seconds: 3600 } },
  );
  expect(options).toEqual(
    expect.arrayContaining([
      ...['--partition=gpu', '--account=team', '--qos=high', '--constraint=a100&nvlink'],
      ...['--gres=gpu:a100:4', '--nodes=2', '--ntasks-per-node=1', '--cpus-per-task=16'],
      ...['--mem=64G', '--requeue', '--signal=B:USR1@120', '--exclusive', '--mail-type=END'],
      '--time=60',
    ]),
  );
});

it('what is not set is left to Slurm', () => {
  expect(command({})).toEqual([
    'sbatch',
    '--parsable',
    '--job-name=foretune-1-2',
    '--chdir=/shared/jobs',
    '--output=/shared/jobs/batches/2.0.log',
    '--open-mode=append',
    '--export=NIL',
    '--no-requeue',
    '--nodes=1',
    '--ntasks-per-node=1',
    '--cpus-per-task=2',
  ]);
});

it('several jobs become an array, with holes where another submitter was faster', () => {
  expect(command({}, { tasks: [0, 1, 2, 5, 7, 8] })).toContain('--array=0-2,5,7-8');
  expect(ranges([3])).toBe('3');
});

it("the script gives the leader's words to its shell as they are", () => {
  expect(batchScript(['/a b/python', "it's", '$HOME;`x`'], 4)).toBe(
    `#!/bin/sh\nexec '/a b/python' 'it'\\''s' '$HOME;\`x\`' "\${SLURM_ARRAY_TASK_ID:-4}"\n`,
  );
});

describe('settings that are refused', () => {
  it.each([
    ['an option that foretune sets itself', { options: ['--array=1-3'] }, 'sets it itself'],
    ['an option and its value in two words', { options: ['--comment hello'] }, '--name=value'],
    ['a type of no GPUs', { gpu_type: 'a100' }, 'set `gpus` too'],
    ['memory in another unit', { mem: '64GB' }, 'got "64GB"'],
    ['the beginning of one', { options: ['--job=mine'] }, 'sets it itself'],
    ['nodes beside the setting', { options: ['--nodes=2'] }, 'set `nodes`'],
    ['GPUs beside the setting', { options: ['--gres=shard:1,gpu:2'] }, 'set `gpus`'],
    ['another cluster', { options: ['--clusters=far'] }, 'would not find the jobs'],
    ['an option that is none', { options: ['; rm -rf /'] }, '--name'],
    ['a partition that is no word', { partition: 'a b' }, 'plain word'],
    ['an ssh target that is an option', { ssh: '-oProxyCommand=x' }, 'host'],
    ['a root that is relative', { root: 'jobs' }, 'absolute'],
    ['memory without a number', { mem: 'lots' }, 'number'],
    [
      'a notice as long as the limit',
      { time_limit_seconds: 60, signal_before_seconds: 60 },
      'limit',
    ],
    ['a setting that there is not', { particion: 'x' }, 'did you mean "partition"?'],
    ['a setting of the local cluster', { slots: 2 }, 'slots'],
  ])('%s', (_, changes: object, words) => {
    const refused = () => checkedClusters({ lab: { kind: 'slurm', ...changes } });
    expect(refused).toThrow(SpecError);
    expect(refused).toThrow(words);
    expect(refused).toThrow('lab');
  });

  it('a name of a cluster that is none', () => {
    expect(() => checkedClusters({ GPU_A: { kind: 'slurm' } })).toThrow(/GPU_A.*a-z, 0-9 and -/);
  });

  it('and several partitions are not', () => {
    expect(command({ partition: 'a100,h100' })).toContain('--partition=a100,h100');
  });

  it('and options that are not', () => {
    const options = ['--time=10', '--gres=lustre:1', '--exclusive', '--nodelist=a', '--wckey=w'];
    expect(settingsOf({ options }).options).toEqual(options);
  });

  it('a kind of cluster that there is not', () => {
    expect(() => checkedClusters({ lab: { kind: 'pbs' } })).toThrow(SpecError);
  });
});

it('srun starts the recipe where a job has several tasks, and nothing where it has one', () => {
  const recipe = ['python', '-m', 'recipe'];
  expect(launched(recipe, settingsOf({ gpus: 8 }))).toEqual(recipe);
  const bySrun = ['srun', '--kill-on-bad-exit', ...recipe];
  for (const several of [{ nodes: 2 }, { tasks_per_node: 4 }])
    expect(launched(recipe, settingsOf(several))).toEqual(bySrun);
  const own = ['/usr/bin/srun', '--mpi=pmix', ...recipe];
  expect(launched(own, settingsOf({ nodes: 2 }))).toEqual(own);
  expect(command({ nodes: 2, tasks_per_node: 4 })).toContain('--ntasks-per-node=4');
});
