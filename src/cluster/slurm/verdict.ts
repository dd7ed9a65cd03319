/** What becomes of a job, by all that is known of it. Pure. */
import type { FailureClass } from '../../domain/vocabulary';
import type { JobState } from '../cluster';
import type { Exit, Wrapper } from '../disk/job-folder';
import type { Submission } from './ledger';
import type { SlurmRow } from './parse';
import { endOf, phaseOf, whyPending } from './states';

export interface Evidence {
  readonly attempt: number;
  readonly submission: Submission;
  /** What the job's leader wrote when it began. */
  readonly wrapper: Wrapper | null;
  /** How it says that the job ended: from outside, so that the scheduler must say why. */
  readonly exit: Exit | null;
  /** What squeue and what sacct say. */
  readonly queued: SlurmRow | undefined;
  readonly accounted: SlurmRow | undefined;
  /** For how long squeue has not known it as waiting or running. */
  readonly missing_ms: number;
  readonly grace_ms: number;
}

/** An end that is to be written down. */
export interface End {
  readonly status: 'ended';
  /** Null: as the job's own exit record has it. */
  readonly ended_by: FailureClass | null;
  readonly reason: string | null;
  readonly row: SlurmRow | undefined;
}

export type Verdict = End | Extract<JobState, { status: 'unknown' | 'queued' | 'running' }>;

export function judge(of: Evidence): Verdict {
  const { queued } = of;
  if (queued && isLive(queued)) return live(of, queued);
  const end = endRow(of);
  if (!end) return of.missing_ms < of.grace_ms ? notListed(of) : lost(of);
  const phase = phaseOf(end.state);
  if (phase !== 'exited' && phase !== 'waiting' && phase !== 'running')
    return { status: 'ended', ended_by: phase, reason: `${endOf(end.state, end.by)}.`, row: end };
  return exited(of, end);
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

/** Accounting says more of an end (who cancelled the job), but may come late. */
function endRow({ queued, accounted, missing_ms, grace_ms }: Evidence): SlurmRow | undefined {
  if (accounted && !isLive(accounted)) return accounted;
  return isDue({ accounted, missing_ms, grace_ms }) ? queued : undefined;
}

/** Whether accounting has had its time. */
export function isDue({
  accounted,
  missing_ms,
  grace_ms,
}: Pick<Evidence, 'accounted' | 'missing_ms' | 'grace_ms'>): boolean {
  return accounted ? !isLive(accounted) || missing_ms >= grace_ms : missing_ms >= lag(grace_ms);
}

/** Files of another machine and rows of accounting may come that much later. */
function lag(grace_ms: number): number {
  return grace_ms / 6;
}

/** Slurm says that the job's leader ended by itself; what it wrote down may not be seen yet. */
function exited(of: Evidence, row: SlurmRow): Verdict {
  if (of.exit) return { status: 'ended', ...asItSays(of.exit), row };
  if (of.missing_ms < lag(of.grace_ms)) return notListed(of);
  const says = `Slurm says ${row.state} of job ${row.id}`;
  return of.wrapper
    ? killed(`${says}, but it left no record of its end: it was killed on its node.`, row)
    : { status: 'ended', ended_by: 'cluster_unavailable', reason: `${says}.`, row };
}

function asItSays({ ended_by }: Exit): Pick<End, 'ended_by' | 'reason'> {
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
  return { status: 'queued', attempt, reason: `given to Slurm at ${since} UTC, not listed yet` };
}

/** Neither squeue nor sacct has known it for the whole grace. What never began may be submitted again. */
function lost({ exit, wrapper, accounted }: Evidence): Verdict {
  if (exit) return { status: 'ended', ...asItSays(exit), row: accounted };
  if (!wrapper) return { status: 'unknown' };
  const why = `Slurm knows nothing any more of job ${wrapper.job_id ?? ''}, and it left no record of its end.`;
  return killed(why, accounted);
}
