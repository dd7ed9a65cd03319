/** The command line of sbatch, and the batch script. Pure. */
import path from 'node:path';
import { isShared, type SlurmSettings } from './settings';
import { shellWords } from './commands';

/** The settings that the jobs of an array share. */
export interface Shape {
  readonly threads: number;
  readonly time_limit_seconds: number | null;
}

export interface BatchOfJobs {
  readonly name: string;
  readonly root: string;
  /** Indexes in the batch; more than one makes an array. */
  readonly tasks: readonly number[];
  readonly shape: Shape;
  /** Log file of the jobs' leaders: output before and after a recipe's own log. */
  readonly log: string;
}

export function sbatchCommand(batch: BatchOfJobs, settings: SlurmSettings): string[] {
  const { partition, account, qos, constraint, nodes, cpus, mem, gpus, gpu_type } = settings;
  const { tasks_per_node, signal_before_seconds, requeue, options } = settings;
  const limit = batch.shape.time_limit_seconds;
  return [
    'sbatch',
    '--parsable',
    `--job-name=${batch.name}`,
    `--chdir=${batch.root}`,
    `--output=${batch.log}`,
    '--open-mode=append',
    // Do not pass this process's environment; the wrapper passes on those of Slurm's variables that
    // a job needs.
    '--export=NIL',
    requeue ? '--requeue' : '--no-requeue',
    `--nodes=${nodes}`,
    `--ntasks-per-node=${tasks_per_node}`,
    `--cpus-per-task=${cpus ?? batch.shape.threads}`,
    ...(batch.tasks.length > 1 ? [`--array=${ranges(batch.tasks)}`] : []),
    ...(gpus ? [`--gres=gpu:${gpu_type === null ? '' : `${gpu_type}:`}${gpus}`] : []),
    ...set('--partition', partition),
    ...set('--account', account),
    ...set('--qos', qos),
    ...set('--constraint', constraint),
    ...set('--mem', mem),
    // In whole minutes; the leader enforces the exact limit. The partition's own limit may be
    // shorter.
    ...set('--time', limit === null ? null : Math.ceil(limit / 60)),
    // Not the signal that ends a job, so that the wrapper can distinguish the two.
    ...set('--signal', signal_before_seconds === null ? null : `B:USR1@${signal_before_seconds}`),
    ...options,
  ];
}

function set(option: string, value: string | number | null): string[] {
  return value === null ? [] : [`${option}=${value}`];
}

/**
 * The recipe's command, with srun if a job has several tasks: a failed task ends the others, which
 * would wait for it.
 */
export function launched(command: readonly string[], settings: SlurmSettings): readonly string[] {
  const isOwn = path.basename(command[0] ?? '') === 'srun';
  return isShared(settings) && !isOwn ? ['srun', '--kill-on-bad-exit', ...command] : command;
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

/** `leader`: the command of the wrapper, whose last argument is its index in the batch. */
export function batchScript(leader: readonly string[], place: number): string {
  return `#!/bin/sh\nexec ${shellWords(leader)} "\${SLURM_ARRAY_TASK_ID:-${place}}"\n`;
}
