/** The settings of a Slurm cluster in temporal.config.ts. */
import path from 'node:path';
import { z } from 'zod';
import { commonSettings, count, seconds } from '../common-settings';
import { whyNotPassed } from './own-options';

/** A name for Slurm, without separators of shells or lists. */
const word = z.string().regex(/^[A-Za-z0-9_.:@+&|*[\]()-]+$/, 'expected a plain word');
const words = z
  .string()
  .regex(/^[A-Za-z0-9_.-]+(,[A-Za-z0-9_.-]+)*$/, 'expected plain words between commas');
const absolute = z.string().refine((file) => path.isAbsolute(file), 'expected an absolute path');

/** Whether several tasks share a job. */
export function isShared(settings: {
  readonly nodes: number;
  readonly tasks_per_node: number;
}): boolean {
  return settings.nodes * settings.tasks_per_node > 1;
}

export const SlurmSettingsSchema = z
  .strictObject({
    kind: z.literal('slurm'),
    ...commonSettings,
    threads: commonSettings.threads.default(1),
    base_threads: commonSettings.base_threads.default(2),
    time_limit_seconds: commonSettings.time_limit_seconds.default(null),
    gpus: commonSettings.gpus.default(0),
    price_per_hour: commonSettings.price_per_hour.default(null),
    /** Login node on which Slurm's programs are called, for ssh; null: they are on this machine. */
    ssh: z
      .string()
      .regex(/^[A-Za-z0-9_][A-Za-z0-9_.@-]*$/, 'expected [user@]host')
      .nullable()
      .default(null),
    /** Folder of Slurm's programs, on the login node and on the nodes; null: they are on PATH. */
    bin: absolute.nullable().default(null),
    /**
     * Folder of the jobs, under the same path here and on every node; null: in the state folder.
     */
    root: absolute.nullable().default(null),
    /** One partition, or several separated by commas: Slurm uses the first with free resources. */
    partition: words.nullable().default(null),
    account: word.nullable().default(null),
    qos: word.nullable().default(null),
    constraint: word.nullable().default(null),
    /** Type of the GPUs, as in `--gres=gpu:a100:4`. */
    gpu_type: word.nullable().default(null),
    nodes: count.default(1),
    /**
     * Processes that share a job's work on each node; if there are several in total, srun starts
     * them.
     */
    tasks_per_node: count.default(1),
    /** Processors of a task; null: as many as the job has compute threads. */
    cpus: count.nullable().default(null),
    /** Memory of a node, in the format of `--mem`. */
    mem: z
      .string()
      .regex(/^\d+[KMGT]?$/, 'expected a number with K, M, G or T')
      .nullable()
      .default(null),
    /**
     * Time before the time limit at which the recipe receives SIGTERM, so that it can write a
     * checkpoint.
     */
    signal_before_seconds: count.max(65_535).nullable().default(null),
    /**
     * Whether Slurm itself restarts preempted jobs and jobs that lost their node; otherwise a new
     * attempt is submitted.
     */
    requeue: z.boolean().default(false),
    /** More options of sbatch, each `--name` or `--name=value`. */
    options: z
      .array(
        z
          .string()
          .regex(/^--[a-z][a-z-]*(=.*)?$/s, 'expected --name or --name=value')
          .refine((option) => whyNotPassed(option) === null, {
            error: ({ input }) => `not passed on: ${String(whyNotPassed(String(input)))}`,
          }),
      )
      .default([]),
    /**
     * A file that only its owner reads, which also exists on the nodes; its path is in job.json.
     */
    credentials_file: absolute.nullable().default(null),
    /** Python >= 3.11 on the nodes, which runs the jobs' leaders; null: that of the setup. */
    python: absolute.nullable().default(null),
    /** Interval at which the scheduler is queried about all jobs. */
    poll_seconds: seconds.default(5),
    /** How long Slurm may not list a job before the job counts as lost. */
    grace_seconds: seconds.default(60),
  })
  .refine(
    ({ signal_before_seconds: notice, time_limit_seconds: limit }) =>
      notice === null || limit === null || notice < limit,
    'signal_before_seconds must be shorter than the time limit',
  )
  .refine(
    ({ gpu_type, gpus }) => gpu_type === null || gpus > 0,
    'gpu_type needs a number of GPUs: set `gpus` too',
  )
  .refine(
    (settings) => settings.memory_limit_bytes == null || !isShared(settings),
    'memory_limit_bytes does not cover processes that srun starts: set `mem`, which Slurm enforces',
  );

export type SlurmSettings = z.output<typeof SlurmSettingsSchema>;
