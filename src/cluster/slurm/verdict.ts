/** Derives the state of a job from its files and from Slurm. Pure. */
import type { FailureClass } from '../../domain/vocabulary';
import type { JobState } from '../cluster';
import type { Exit, Wrapper } from '../disk/job-folder';
import type { Submission } from './ledger';
import type { SlurmRow } from './parse';
import { endOf, phaseOf, whyPending } from './states';

export interface Evidence {
  readonly attempt: number;
  readonly submission: Submission;
  /** The record that the job's leader wrote when it started. */
  readonly wrapper: Wrapper | null;
  /** The leader's record of the end: by another process, so only the scheduler knows why. */
  readonly exit: Exit | null;
  /** The rows of squeue and sacct. */
  readonly queued: SlurmRow | undefined;
  readonly accounted: SlurmRow | undefined;
  /** For how long squeue has not listed the job as waiting or running. */
  readonly missing_ms: number;
  readonly grace_ms: number;
}

/** An end to record. */
export interface End {
  readonly status: 'ended';
  /** Null: as in the job's own exit record. */
  readonly ended_by: FailureClass | null;
  readonly reason: string | null;
  readonly row: SlurmRow | undefined;
}

export type Verdict = End | Extract<JobState, { status: 'unknown' | 'queued' | 'running' }>;

export function judge(evidence: Evidence): Verdict {
  const { queued } = evidence;
  if (queued && isLive(queued)) return live(evidence, queued);
  const end = endRow(evidence);
  if (!end) return evidence.missing_ms < evidence.grace_ms ? notListed(evidence) : lost(evidence);
  const phase = phaseOf(end.state);
  if (phase !== 'exited' && phase !== 'waiting' && phase !== 'running')
    return { status: 'ended', ended_by: phase, reason: `${endOf(end.state, end.by)}.`, row: end };
  return exited(evidence, end);
}

export function isLive({ state }: SlurmRow): boolean {
  return ['waiting', 'running'].includes(phaseOf(state));
}

function live({ attempt, submission }: Evidence, row: SlurmRow): Verdict {
  const { id, state, reason } = row;
  if (phaseOf(state) === 'waiting')
    return { status: 'queued', attempt, external_id: id, reason: whyPending(id, state, reason) };
  const started_at = row.started_at ?? submission.at;
  return { status: 'running', attempt, external_id: id, started_at };
}

/** Accounting has more details of an end (who cancelled the job), but may be late. */
function endRow({ queued, accounted, missing_ms, grace_ms }: Evidence): SlurmRow | undefined {
  if (accounted && !isLive(accounted)) return accounted;
  return isDue({ accounted, missing_ms, grace_ms }) ? queued : undefined;
}

/** Whether accounting has had enough time. */
export function isDue({
  accounted,
  missing_ms,
  grace_ms,
}: Pick<Evidence, 'accounted' | 'missing_ms' | 'grace_ms'>): boolean {
  return accounted ? !isLive(accounted) || missing_ms >= grace_ms : missing_ms >= lag(grace_ms);
}

/** The delay of files of other machines and of accounting. */
function lag(grace_ms: number): number {
  return grace_ms / 6;
}

/** Slurm reports that the job's leader exited; the leader's record may not be visible yet. */
function exited(evidence: Evidence, row: SlurmRow): Verdict {
  if (evidence.exit) return { status: 'ended', ...causeOf(evidence.exit), row };
  if (evidence.missing_ms < lag(evidence.grace_ms)) return notListed(evidence);
  const report = `Slurm reports ${row.state} for job ${row.id}`;
  return evidence.wrapper
    ? killed(`${report}, but it left no record of its end: it was killed on its node.`, row)
    : { status: 'ended', ended_by: 'cluster_unavailable', reason: `${report}.`, row };
}

function causeOf({ ended_by }: Exit): Pick<End, 'ended_by' | 'reason'> {
  return { ended_by: ended_by === 'cancelled' ? 'preempted' : null, reason: null };
}

function killed(reason: string, row: SlurmRow | undefined): End {
  return { status: 'ended', ended_by: 'node_failure', reason, row };
}

/** Just submitted, or just ended: the scheduler's lists come late. */
export function notListed({
  attempt,
  wrapper,
  submission,
}: Pick<Evidence, 'attempt' | 'wrapper' | 'submission'>): Exclude<Verdict, End> {
  if (wrapper) {
    const { started_at, job_id = '' } = wrapper;
    return { status: 'running', attempt, external_id: job_id, started_at };
  }
  const since = submission.at.toISOString().slice(11, 19);
  return {
    status: 'queued',
    attempt,
    reason: `submitted to Slurm at ${since} UTC, not listed yet`,
  };
}

/**
 * Neither squeue nor sacct listed the job during the grace period. A job that never started may be
 * resubmitted.
 */
function lost({ exit, wrapper, accounted }: Evidence): Verdict {
  if (exit) return { status: 'ended', ...causeOf(exit), row: accounted };
  if (!wrapper) return { status: 'unknown' };
  const why = `Slurm no longer lists job ${wrapper.job_id ?? ''}, and the job left no record of its end.`;
  return killed(why, accounted);
}
