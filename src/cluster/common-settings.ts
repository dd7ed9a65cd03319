/** Settings of all kinds of clusters: the resources of a job, its limits and its price. */
import { z } from 'zod';

export const count = z.number().int().min(1);
export const seconds = z.number().positive();

export const commonSettings = {
  /** Compute threads of a job. */
  threads: count,
  /** The same for the job of the shared base, for which all others wait. */
  base_threads: count,
  /** Wall time after which a job is stopped; null for no limit. */
  time_limit_seconds: seconds.nullable(),
  /** GPUs of a job (on Slurm: on each of its nodes); 0 if it has none. */
  gpus: z.number().int().min(0),
  /**
   * What an hour of a job costs, in any one currency, whatever its resources; null if it is free.
   */
  price_per_hour: z.number().min(0).nullable(),
  /** What an hour of each of its GPUs costs, in the same currency; both prices add up. */
  price_per_gpu_hour: z.number().min(0).nullable().optional(),
  /** Resident bytes of all processes of a job above which it is stopped. */
  memory_limit_bytes: z.number().int().positive().nullable().optional(),
};

export type CommonSettings = Readonly<z.output<z.ZodObject<typeof commonSettings>>>;
