/**
 * A kind of cluster: all that the rest of the program needs to know about it. A kind is a folder
 * here, whose index.ts exports a `ClusterKind`, and a line in kinds.ts
 * (docs/reference/clusters.md).
 */
import type { z } from 'zod';
import type { Finding } from '../base/finding';
import type { Cluster } from './cluster';
import type { CommonSettings } from './common-settings';

/** What a cluster receives from this installation when it is opened. */
export interface Place {
  /** The cluster's name in temporal.config.ts. */
  readonly name: string;
  /** A folder of its own in the state folder. */
  readonly folder: string;
  /** The folder that jobs on this machine share. */
  readonly cacheDir: string;
  /** The Python interpreter that the setup created. */
  readonly python: string;
  /** This process's environment. Jobs receive only the variables that `inheritedFrom` selects. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** An open cluster, with the resources and prices of its jobs. */
export interface OpenCluster extends CommonSettings {
  readonly cluster: Cluster;
  /** GPUs of a job, on all its nodes. */
  readonly gpus: number;
  /** Interval at which the cluster is queried about all its jobs. */
  readonly poll_ms: number;
  /**
   * Which recipes' programs must be on this machine: `all`, only those that a setup installs into
   * this clone (`set_up`), or `none`.
   */
  readonly programs_here: 'all' | 'set_up' | 'none';
}

/** Names of jobs for users. */
export interface JobNames {
  /** What the cluster's own commands call a job, in words: `Slurm job 12_1`, `process 4711`. */
  nameOf(externalId: string): string;
  /** Whether that name still identifies the job after its end: a process id is reused. */
  readonly namesLast: boolean;
}

/** `Schema` has `kind`, a literal, and should have all of `commonSettings`. */
export interface ClusterKind<Schema extends z.ZodType = z.ZodType> extends JobNames {
  readonly kind: string;
  readonly settings: Schema;
  /**
   * Environment variables that determine which cluster is reached: if they change, a new worker is
   * needed.
   */
  readonly variables: readonly string[];
  open(settings: z.output<Schema>, place: Place): OpenCluster;
  /** The findings of `foretune doctor`; empty if there is nothing to check. Starts no job. */
  check(settings: z.output<Schema>, place: Place): Promise<readonly Finding[]>;
}

/** Preserves the type of the schema, from which the type of temporal.config.ts is derived. */
export function defineKind<Schema extends z.ZodType>(
  kind: ClusterKind<Schema>,
): ClusterKind<Schema> {
  return kind;
}
