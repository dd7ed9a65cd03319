/** What temporal.config.ts says of clusters, checked. A cluster's `kind` decides which settings it has. */
import path from 'node:path';
import { z } from 'zod';
import { explainIssues } from '../base/explain';
import { SpecError } from '../base/errors';
import { whyNotPassed } from './slurm/own-options';

const count = z.number().int().min(1);
const seconds = z.number().positive();
/** What Slurm takes for a name, and no shell or list takes apart. */
const word = z.string().regex(/^[A-Za-z0-9_.:@+&|*[\]()-]+$/, 'expected a plain word');
const words = z
  .string()
  .regex(/^[A-Za-z0-9_.-]+(,[A-Za-z0-9_.-]+)*$/, 'expected plain words between commas');
const absolute = z.string().refine((file) => path.isAbsolute(file), 'expected an absolute path');

const common = {
  /** Computing threads of a job; of the job of the shared base, for which all others wait. */
  threads: count,
  base_threads: count,
  /** Wall time after which a job is ended; null for none of ours. */
  time_limit_seconds: seconds.nullable(),
  /** GPUs that a job has (on Slurm: on each of its nodes); 0 where it has none. */
  gpus: z.number().int().min(0),
  /** What an hour of a job costs, in any one currency, whatever it has; null where it costs nothing. */
  price_per_hour: z.number().min(0).nullable(),
  /** What an hour of each of its GPUs costs, in the same currency; both prices add up. */
  price_per_gpu_hour: z.number().min(0).nullable().optional(),
  /** Resident bytes of all processes of a job above which it is ended. */
  memory_limit_bytes: z.number().int().positive().nullable().optional(),
};

const LocalSettingsSchema = z.strictObject({
  kind: z.literal('local'),
  /** Jobs that run at once. */
  slots: count,
  ...common,
});

/** Whether several tasks share a job. */
export function isShared(of: { readonly nodes: number; readonly tasks_per_node: number }): boolean {
  return of.nodes * of.tasks_per_node > 1;
}

const SlurmSettingsSchema = z
  .strictObject({
    kind: z.literal('slurm'),
    ...common,
    threads: common.threads.default(1),
    base_threads: common.base_threads.default(2),
    time_limit_seconds: common.time_limit_seconds.default(null),
    gpus: common.gpus.default(0),
    price_per_hour: common.price_per_hour.default(null),
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

const ClusterSettingsSchema = z.discriminatedUnion('kind', [
  LocalSettingsSchema,
  SlurmSettingsSchema,
]);

/** What is written in temporal.config.ts. */
export type ClusterSettings = z.input<typeof ClusterSettingsSchema>;
/** The same with every default in its place. */
export type ClusterConfig = z.output<typeof ClusterSettingsSchema>;
export type SlurmSettings = z.output<typeof SlurmSettingsSchema>;

const ClustersSchema = z.record(
  z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'expected a name of a-z, 0-9 and -'),
  ClusterSettingsSchema,
);

/** Throws SpecError that names the cluster and the setting. */
export function checkedClusters(settings: unknown): Readonly<Record<string, ClusterConfig>> {
  const parsed = ClustersSchema.safeParse(settings);
  if (parsed.success) return parsed.data;
  const issues = explainIssues(ClustersSchema, parsed.error, settings);
  throw new SpecError(`\`clusters\` in temporal.config.ts is not valid:\n${issues.join('\n')}`);
}
