/**
 * The place where jobs run. One interface, one contract suite (test/contract/cluster.contract.ts)
 * for all implementations. Jobs outlive the worker that submitted them: a job is identified by its
 * name alone, so that any worker can find it again. Its files are read by job and name, and weights
 * by address: a worker does not need access to the disk that they are on.
 */
import type { WeightFiles } from '../artifacts/weight-files';
import type { Job } from '../domain/job-schema';
import type { FailureClass } from '../domain/vocabulary';

export interface JobRequest {
  /** Deterministic, unique on the cluster: `[a-z0-9][a-z0-9.-]*`. */
  readonly name: string;
  /** 1 for the first attempt. An attempt starts only when the previous one has ended. */
  readonly attempt: number;
  /** The recipe's argument vector; the path of job.json is appended. Never a shell string. */
  readonly command: readonly string[];
  /** Variables added to a minimal environment. Never credentials. */
  readonly environment: Readonly<Record<string, string>>;
  /** The content of job.json. The cluster adds the paths, as the job sees them. */
  readonly job: Omit<Job, JobPaths>;
  /** Wall time after which the cluster ends the job (class `timeout`), or null for no limit. */
  readonly time_limit_seconds: number | null;
  /**
   * Resident bytes of all the job's processes above which the cluster ends it (class
   * `out_of_memory`).
   */
  readonly memory_limit_bytes?: number | null;
}

export type JobPaths = 'work_dir' | 'cache_dir' | 'credentials_file';

export interface JobUsage {
  readonly wall_seconds: number;
  readonly cpu_seconds: number | null;
  readonly max_rss_bytes: number | null;
  /** The scheduler's accounting: for how long the job held how many GPUs, on all its nodes. */
  readonly allocation?: { readonly seconds: number; readonly gpus: number };
}

export type JobState =
  /** Never submitted, or its record was deleted. */
  | { readonly status: 'unknown' }
  | {
      readonly status: 'queued';
      readonly attempt: number;
      readonly reason: string;
      /** Absent if the cluster has no name for the job yet. */
      readonly external_id?: string;
    }
  | {
      readonly status: 'running';
      readonly attempt: number;
      readonly external_id: string;
      readonly started_at: Date;
    }
  | {
      readonly status: 'succeeded';
      readonly attempt: number;
      readonly external_id: string;
      readonly started_at: Date;
      readonly ended_at: Date;
      readonly usage: JobUsage | null;
    }
  | {
      readonly status: 'failed';
      readonly attempt: number;
      readonly external_id: string;
      readonly started_at: Date | null;
      readonly ended_at: Date | null;
      readonly failure_class: FailureClass;
      /** What happened, with the job's last log lines. */
      readonly message: string;
      readonly exit_code: number | null;
      readonly signal: string | null;
      readonly usage: JobUsage | null;
    };

export interface LogChunk {
  readonly text: string;
  /** Pass it to the next call to continue reading from here. */
  readonly cursor: number;
}

export interface CancelOptions {
  /** The class of failure to record: a `preempted` job is retried. Default: `cancelled`. */
  readonly as?: 'cancelled' | 'preempted';
  /** The attempt to cancel; default: the newest. */
  readonly attempt?: number;
}

/**
 * The attempt is a fencing token: a process that acts for an older attempt, such as a worker that
 * was frozen and resumed, cannot start, end or record anything of a newer one.
 */
export interface Cluster {
  readonly name: string;
  /** Starts the job, unless it has been started: the same name and attempt never runs twice. */
  submit(request: JobRequest): Promise<JobState>;
  /** The state of each named job, queried from the cluster in one call. */
  poll(names: readonly string[]): Promise<ReadonlyMap<string, JobState>>;
  /**
   * Ends the job's whole process group. Does nothing if the job has ended, or if its newest attempt
   * is not the given one. Idempotent.
   */
  cancel(name: string, options?: CancelOptions): Promise<void>;
  /** The job's standard output and error, from `cursor` on (0 for the beginning). */
  readLog(name: string, cursor: number): Promise<LogChunk>;
  /**
   * A file that the job wrote, by its name relative to the work folder; at most the `last` bytes of
   * a long file. Null if there is none. Throws SchemaError for a name outside the folder, and
   * ClusterUnavailableError if the file cannot be read at the moment.
   */
  readFile(
    job: string,
    name: string,
    options?: { readonly last?: number },
  ): Promise<Uint8Array | null>;
  /** The weights that its jobs write and start from. */
  readonly weights: WeightFiles;
  /**
   * Calls back when a job may have changed, if the cluster detects it: a hint to poll, not a
   * guarantee.
   */
  onChange?(listener: () => void): void;
  /** Names of all jobs that are queued or running on the cluster. */
  live(): Promise<readonly string[]>;
}
