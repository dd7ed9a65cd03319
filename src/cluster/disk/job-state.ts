/** Derives the result of a job, as the Cluster interface defines it. */
import { stat } from 'node:fs/promises';
import { saysOutOfMemory } from '../../domain/evidence';
import type { FailureClass } from '../../domain/vocabulary';
import { readTail } from '../../base/file-tail';
import { lastLines, startTime, type ProcessIdentity } from '../../base/processes';
import type { JobState } from '../cluster';
import type { Exit, JobFolder, Wrapper } from './job-folder';

const LOG_LINES = 20;
/** An allocator may print long details after the line that reports the failure. */
const EVIDENCE_LINES = 200;

export function isUnderWay({ status }: JobState): boolean {
  return status === 'queued' || status === 'running';
}

/** The end of a job that never had a process. */
export function unstarted(ended_by: Exit['ended_by']): Exit {
  return {
    ended_by,
    exit_code: null,
    signal: null,
    ended_at: new Date(),
    log_start: 0,
    wall_seconds: 0,
    cpu_seconds: 0,
    max_rss_bytes: 0,
  };
}

/** The class of failure that the scheduler's messages at the end of a log imply, or null. */
export type ClassByWords = (words: string) => FailureClass | null;

/** The state that a job's exit.json records. */
export async function ended(
  folder: JobFolder,
  attempt: number,
  exit: Exit,
  classByWords: ClassByWords = () => null,
): Promise<JobState> {
  const wrapper = await folder.wrapper(attempt);
  const common = {
    attempt,
    external_id: exit.external_id ?? nameOf(wrapper),
    ended_at: exit.ended_at,
    usage: {
      wall_seconds: exit.wall_seconds,
      cpu_seconds: exit.cpu_seconds,
      max_rss_bytes: exit.max_rss_bytes,
      ...(exit.allocation && { allocation: exit.allocation }),
    },
  };
  const started_at = wrapper?.started_at ?? null;
  if (exit.ended_by === null && exit.exit_code === 0)
    return { status: 'succeeded', ...common, started_at: started_at ?? exit.ended_at };
  const { exit_code, signal } = exit;
  const failure_class = await classOf(folder, attempt, exit, classByWords);
  const message = await messageOf(folder, attempt, exit, failure_class);
  return { status: 'failed', ...common, started_at, failure_class, message, exit_code, signal };
}

function nameOf(wrapper: Wrapper | null): string {
  return wrapper ? (wrapper.job_id ?? String(wrapper.pid)) : '';
}

async function messageOf(
  folder: JobFolder,
  attempt: number,
  exit: Exit,
  failure_class: FailureClass,
): Promise<string> {
  if (failure_class === 'cluster_unavailable')
    return `The job could not be started:\n${exit.reason ?? wrapperSaid(folder, attempt)}`;
  if (exit.reason !== undefined && !(await folder.wrapper(attempt))) return exit.reason;
  const how = exit.reason ?? howItEnded(exit, failure_class);
  return `${how}\n${logTail(folder, exit.log_start)}`;
}

async function classOf(
  folder: JobFolder,
  attempt: number,
  exit: Exit,
  classByWords: ClassByWords,
): Promise<FailureClass> {
  if (exit.ended_by === 'cancelled') {
    // Another process sent SIGTERM; only a scheduler knows which.
    const otherwise = exit.settled ? 'cancelled' : 'preempted';
    return (await folder.cancelled(attempt))?.as ?? otherwise;
  }
  if (exit.ended_by !== null) return exit.ended_by;
  // Killed by another process, without a request to cancel: not the recipe's fault, cause unknown.
  if (exit.signal === 'SIGKILL') return 'node_failure';
  const words = logTail(folder, exit.log_start, EVIDENCE_LINES);
  if (saysOutOfMemory(words)) return 'out_of_memory';
  return classByWords(words) ?? 'user_code';
}

function howItEnded(exit: Exit, failure: string): string {
  const { exit_code, signal, wall_seconds } = exit;
  const after = `after ${wall_seconds.toFixed(1)} s`;
  if (failure === 'timeout') return `The job exceeded its time limit and was stopped ${after}.`;
  if (failure === 'cancelled') return `The job was cancelled ${after}.`;
  if (failure === 'preempted') return `The job was stopped by another process ${after}.`;
  if (exit.ended_by === 'out_of_memory') return `${memoryVerdict(exit)} ${after}. Its last lines:`;
  const how = signal === null ? `exited with code ${exit_code}` : `was killed by ${signal}`;
  const why = failure === 'out_of_memory' ? ', out of memory according to its log' : '';
  const full = exit.full ? `, and its folder cannot be written: ${exit.full}` : '';
  return `The job ${how} ${after}${why}${full}. Its last lines:`;
}

function memoryVerdict({ memory }: Exit): string {
  const [used, limit] = [memory?.resident_bytes ?? 0, memory?.limit_bytes ?? Infinity];
  if (used <= limit) return 'The kernel killed the job because memory ran out';
  return `The job used ${megabytes(used)} of memory, more than its limit of ${megabytes(limit)}, and was stopped`;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

/**
 * The wrapper is gone without an exit record: the machine failed, or another process killed it. The
 * processes that it started are killed before another attempt may start.
 */
export async function lost(
  folder: JobFolder,
  attempt: number,
  external_id: string,
  started_at: Date,
): Promise<JobState> {
  const exit = await folder.exit(attempt);
  if (exit) return ended(folder, attempt, exit); // written just before the wrapper exited
  const child = await folder.child(attempt);
  if (child) killGroup(child);
  return {
    status: 'failed',
    attempt,
    external_id,
    started_at,
    ended_at: await lastSign(folder, started_at),
    failure_class: 'node_failure',
    message: `Process ${external_id} of the job has exited without writing exit.json: the machine restarted, or the process was killed. ${wrapperSaid(folder, attempt)}Its last lines:\n${logTail(folder, 0)}`,
    exit_code: null,
    signal: null,
    usage: null,
  };
}

/** The end of a job without an exit record, estimated by its last write to its log. */
async function lastSign(folder: JobFolder, started_at: Date): Promise<Date> {
  const written = await stat(folder.log).then(
    ({ mtimeMs }) => new Date(mtimeMs),
    () => started_at,
  );
  return written > started_at ? written : started_at;
}

function logTail(folder: JobFolder, from: number, count = LOG_LINES): string {
  const lines = (readTail(folder.log, { from }) ?? '').trimEnd().split('\n').slice(-count);
  return lines.join('\n') || '(the log is empty)';
}

/** The error messages of a failed wrapper, or an empty string. */
export function wrapperSaid(folder: JobFolder, attempt: number): string {
  const lines = lastLines(folder.control(attempt, 'wrapper.log')).replace('(no log)', '');
  return lines && `${lines}\n`;
}

/**
 * Kills the processes that a job's leader started, whether or not the leader still runs. While
 * members of the group live, the system does not reuse its number.
 */
function killGroup({ pid, started }: ProcessIdentity): void {
  const now = startTime(pid);
  if (now !== null && now !== started) return; // the group has ended, and its number was reused
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // no member is left
  }
}
