/**
 * A kind of cluster: all that the rest of the program needs to know of it. A kind is a folder here, whose index.ts
 * exports a `ClusterKind`, and a line in kinds.ts (docs/reference/clusters.md).
 */
import type { z } from 'zod';
import type { Finding } from '../base/finding';
import type { Cluster } from './cluster';
import type { CommonSettings } from './common-settings';

/** Where a cluster is opened: what it gets from this installation. */
export interface Place {
  /** The cluster's name in temporal.config.ts. */
  readonly name: string;
  /** A folder of its own in the state folder. */
  readonly folder: string;
  /** The folder that jobs on this machine share. */
  readonly cacheDir: string;
  /** The Python interpreter that the set-up made. */
  readonly python: string;
  /** This process's environment. Jobs see what `inheritedFrom` leaves of it, and never the rest. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** An open cluster, with what its jobs are given and cost. */
export interface OpenCluster extends CommonSettings {
  readonly cluster: Cluster;
  /** GPUs of a job, on all its nodes. */
  readonly gpus: number;
  /** How often the cluster is asked about all its jobs. */
  readonly poll_ms: number;
  /**
   * Which recipes' programs must be on this machine: `all`, those that a set-up puts into this clone
   * (`set_up`), or `none`.
   */
  readonly programs_here: 'all' | 'set_up' | 'none';
}

/** How people speak of jobs. */
export interface JobNames {
  /** What the cluster's own commands call a job, in words: `Slurm job 12_1`, `process 4711`. */
  nameOf(externalId: string): string;
  /** Whether that name still means the job when it has ended: a process id is given to another process. */
  readonly namesLast: boolean;
}

/** `Schema` has `kind`, a literal, and should have all of `commonSettings`. */
export interface ClusterKind<Schema extends z.ZodType = z.ZodType> extends JobNames {
  readonly kind: string;
  readonly settings: Schema;
  /** Variables of the environment that decide which cluster is reached: others ask for another worker. */
  readonly variables: readonly string[];
  open(settings: z.output<Schema>, place: Place): OpenCluster;
  /** What `foretune doctor` says of it; empty where there is nothing to check. Starts no job. */
  check(settings: z.output<Schema>, place: Place): Promise<readonly Finding[]>;
}

/** Keeps the type of the schema, from which that of temporal.config.ts is derived. */
export function defineKind<Schema extends z.ZodType>(
  kind: ClusterKind<Schema>,
): ClusterKind<Schema> {
  return kind;
}
