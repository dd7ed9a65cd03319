/** What temporal.config.ts says of a Slurm cluster. */
import path from 'node:path';
import { z } from 'zod';
import { commonSettings, count, seconds } from '../common-settings';
import { whyNotPassed } from './own-options';

/** What Slurm takes for a name, and no shell or list takes apart. */
const word = z.string().regex(/^[A-Za-z0-9_.:@+&|*[\]()-]+$/, 'expected a plain word');
const words = z
  .string()
  .regex(/^[A-Za-z0-9_.-]+(,[A-Za-z0-9_.-]+)*$/, 'expected plain words between commas');
const absolute = z.string().refine((file) => path.isAbsolute(file), 'expected an absolute path');

/** Whether several tasks share a job. */
export function isShared(of: { readonly nodes: number; readonly tasks_per_node: number }): boolean {
  return of.nodes * of.tasks_per_node > 1;
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
    /** Login node on which Slurm's programs are called, as ssh takes it; null: they are on this machine. */
    ssh: z
      .string()
      .regex(/^[A-Za-z0-9_][A-Za-z0-9_.@-]*$/, 'expected [user@]host')
      .nullable()
      .default(null),
    /** Folder of Slurm's programs, on the login node and on the nodes; null: they are on PATH. */
    bin: absolute.nullable().default(null),
    /** Folder of the jobs, under the same path here and on every node; null: in the state folder. */
    root: absolute.nullable().default(null),
    /** One, or several between commas, of which Slurm takes the first that has room. */
    partition: words.nullable().default(null),
    account: word.nullable().default(null),
    qos: word.nullable().default(null),
    constraint: word.nullable().default(null),
    /** Type of the GPUs, as in `--gres=gpu:a100:4`. */
    gpu_type: word.nullable().default(null),
    nodes: count.default(1),
    /** Processes that share a job's work on each node; where there are several in all, srun starts them. */
    tasks_per_node: count.default(1),
    /** Processors of a task; null: as many as the job has computing threads. */
    cpus: count.nullable().default(null),
    /** Memory of a node, as `--mem` takes it. */
    mem: z
      .string()
      .regex(/^\d+[KMGT]?$/, 'expected a number with K, M, G or T')
      .nullable()
      .default(null),
    /** Sends SIGTERM to the recipe that long before the time limit, so that it can write a checkpoint. */
    signal_before_seconds: count.max(65_535).nullable().default(null),
    /** Slurm starts a job again itself that was preempted or lost its node; else a new attempt is submitted. */
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
    /** A file that only its owner reads, on the nodes too, whose path stands in job.json. */
    credentials_file: absolute.nullable().default(null),
    /** Python >= 3.11 on the nodes, which leads the jobs; null: that of the set-up. */
    python: absolute.nullable().default(null),
    /** How often the scheduler is asked about all jobs at once. */
    poll_seconds: seconds.default(5),
    /** How long Slurm may know nothing of a job before it is taken for lost. */
    grace_seconds: seconds.default(60),
  })
  .refine(
    ({ signal_before_seconds: notice, time_limit_seconds: limit }) =>
      notice === null || limit === null || notice < limit,
    'signal_before_seconds must be shorter than the time limit',
  )
  .refine(
    ({ gpu_type, gpus }) => gpu_type === null || gpus > 0,
    'gpu_type says which GPUs a job has: set `gpus` too',
  )
  .refine(
    (settings) => settings.memory_limit_bytes == null || !isShared(settings),
    'memory_limit_bytes sees no processes that srun starts: set `mem`, which Slurm watches',
  );

export type SlurmSettings = z.output<typeof SlurmSettingsSchema>;
