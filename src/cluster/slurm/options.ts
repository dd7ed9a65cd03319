/** The command line of sbatch, and the script that it is given. Pure. */
import path from 'node:path';
import { isShared, type SlurmSettings } from './settings';
import { shellWords } from './commands';

/** What jobs of one array share. */
export interface Shape {
  readonly threads: number;
  readonly time_limit_seconds: number | null;
}

export interface BatchOfJobs {
  readonly name: string;
  readonly root: string;
  /** Places in the batch; more than one makes an array. */
  readonly tasks: readonly number[];
  readonly shape: Shape;
  /** Of the jobs' leaders: what is printed before and after a recipe's own log. */
  readonly log: string;
}

export function sbatchCommand(of: BatchOfJobs, settings: SlurmSettings): string[] {
  const { partition, account, qos, constraint, nodes, cpus, mem, gpus, gpu_type } = settings;
  const { tasks_per_node, signal_before_seconds, requeue, options } = settings;
  const limit = of.shape.time_limit_seconds;
  return [
    'sbatch',
    '--parsable',
    `--job-name=${of.name}`,
    `--chdir=${of.root}`,
    `--output=${of.log}`,
    '--open-mode=append',
    // Nothing of this process's environment, and of Slurm's own only what a job needs: the wrapper sees to that.
    '--export=NIL',
    requeue ? '--requeue' : '--no-requeue',
    `--nodes=${nodes}`,
    `--ntasks-per-node=${tasks_per_node}`,
    `--cpus-per-task=${cpus ?? of.shape.threads}`,
    ...(of.tasks.length > 1 ? [`--array=${ranges(of.tasks)}`] : []),
    ...(gpus ? [`--gres=gpu:${gpu_type === null ? '' : `${gpu_type}:`}${gpus}`] : []),
    ...set('--partition', partition),
    ...set('--account', account),
    ...set('--qos', qos),
    ...set('--constraint', constraint),
    ...set('--mem', mem),
    // In whole minutes: the leader has the exact limit. A partition's own may be no longer than this.
    ...set('--time', limit === null ? null : Math.ceil(limit / 60)),
    // Another signal than the one that ends a job, so that the wrapper can tell them apart.
    ...set('--signal', signal_before_seconds === null ? null : `B:USR1@${signal_before_seconds}`),
    ...options,
  ];
}

function set(option: string, value: string | number | null): string[] {
  return value === null ? [] : [`${option}=${value}`];
}

/** The recipe's command, by srun where a job has several tasks: one that fails ends the others, which would wait for it. */
export function launched(command: readonly string[], of: SlurmSettings): readonly string[] {
  const isOwn = path.basename(command[0] ?? '') === 'srun';
  return isShared(of) && !isOwn ? ['srun', '--kill-on-bad-exit', ...command] : command;
}

/** `0-3,5`. */
export function ranges(numbers: readonly number[]): string {
  const parts: [number, number][] = [];
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const last = parts.at(-1);
    if (last && last[1] === number - 1) last[1] = number;
    else parts.push([number, number]);
  }
  return parts.map(([from, to]) => (from === to ? from : `${from}-${to}`)).join(',');
}

/** `leader`: the words that start the wrapper, which is told its place in the batch last. */
export function batchScript(leader: readonly string[], place: number): string {
  return `#!/bin/sh\nexec ${shellWords(leader)} "\${SLURM_ARRAY_TASK_ID:-${place}}"\n`;
}
