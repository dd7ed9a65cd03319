/**
 * Where jobs run. One interface, one contract suite (test/contract/cluster.contract.ts) for all
 * implementations. Jobs outlive the worker that submitted them: a job is known by its name alone, so
 * that any worker can find it again. Its files are read by job and name, and weights by address: a worker
 * need not see the disk that they are on.
 */
import type { WeightFiles } from '../artifacts/weight-files';
import type { Job } from '../domain/job-schema';
import type { FailureClass } from '../domain/vocabulary';

export interface JobRequest {
  /** Deterministic, unique on the cluster: `[a-z0-9][a-z0-9.-]*`. */
  readonly name: string;
  /** 1 for the first try. A higher attempt starts only when the one before has ended. */
  readonly attempt: number;
  /** The recipe's argument vector; the path of job.json is appended. Never a shell string. */
  readonly command: readonly string[];
  /** Variables added to a minimal environment. Never credentials. */
  readonly environment: Readonly<Record<string, string>>;
  /** The content of job.json. The cluster adds the paths, which are those that the job sees. */
  readonly job: Omit<Job, JobPaths>;
  /** Wall time after which the cluster ends the job (class `timeout`), or null for no limit. */
  readonly time_limit_seconds: number | null;
  /** Resident bytes of all its processes above which the cluster ends the job (class `out_of_memory`). */
  readonly memory_limit_bytes?: number | null;
}

export type JobPaths = 'work_dir' | 'cache_dir' | 'credentials_file';

export interface JobUsage {
  readonly wall_seconds: number;
  readonly cpu_seconds: number | null;
  readonly max_rss_bytes: number | null;
  /** What a scheduler counts: for how long the job held how many GPUs, on all its nodes. */
  readonly allocation?: { readonly seconds: number; readonly gpus: number };
}

export type JobState =
  /** Never submitted, or its record is gone. */
  | { readonly status: 'unknown' }
  | {
      readonly status: 'queued';
      readonly attempt: number;
      readonly reason: string;
      /** Absent where the cluster has no name for it yet. */
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
  /** Give it to the next call to read on from here. */
  readonly cursor: number;
}

export interface CancelOptions {
  /** The class of failure to record: a job that was `preempted` is tried again. Default: `cancelled`. */
  readonly as?: 'cancelled' | 'preempted';
  /** The attempt that is meant; without it, the newest. */
  readonly attempt?: number;
}

/**
 * The attempt is a fencing token: whoever acts for an older one, such as a worker that was frozen and
 * thawed, neither starts, nor ends, nor records anything of a newer one.
 */
export interface Cluster {
  readonly name: string;
  /** Starts the job, or finds it started: the same name and attempt never runs twice. */
  submit(request: JobRequest): Promise<JobState>;
  /** The state of each named job, asked of the cluster in one call. */
  poll(names: readonly string[]): Promise<ReadonlyMap<string, JobState>>;
  /**
   * Ends the job's whole process group; a job that has ended stays as it is, and so does one whose
   * newest attempt is another than the given one. Idempotent.
   */
  cancel(name: string, options?: CancelOptions): Promise<void>;
  /** The job's standard output and error, from `cursor` on (0 for the beginning). */
  readLog(name: string, cursor: number): Promise<LogChunk>;
  /**
   * A file that the job left, by its name relative to the work folder; of a long one at most the `last` bytes. Null
   * where there is none. Throws SchemaError for a name that leads out of the folder, and ClusterUnavailableError where
   * the file cannot be read for now.
   */
  readFile(
    job: string,
    name: string,
    options?: { readonly last?: number },
  ): Promise<Uint8Array | null>;
  /** The weights that its jobs make and start from. */
  readonly weights: WeightFiles;
  /** Calls back when a job may have changed, on a cluster that notices: a hint to poll, no promise. */
  onChange?(listener: () => void): void;
  /** Names of all jobs that are queued or running on the cluster. */
  live(): Promise<readonly string[]>;
}
