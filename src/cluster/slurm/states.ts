/** Maps Slurm's states and errors to those of a job. Pure. */
import type { FailureClass } from '../../domain/vocabulary';

/** `exited`: not ended by Slurm, so that its own exit record has the result. */
export type Phase = 'waiting' | 'running' | 'exited' | FailureClass;

const PHASES: Readonly<Record<string, Phase>> = {
  PENDING: 'waiting',
  REQUEUED: 'waiting',
  REQUEUE_HOLD: 'waiting',
  REQUEUE_FED: 'waiting',
  SPECIAL_EXIT: 'waiting',
  RESV_DEL_HOLD: 'waiting',
  COMPLETED: 'exited',
  FAILED: 'exited',
  TIMEOUT: 'timeout',
  DEADLINE: 'timeout',
  OUT_OF_MEMORY: 'out_of_memory',
  PREEMPTED: 'preempted',
  CANCELLED: 'cancelled',
  NODE_FAIL: 'node_failure',
  BOOT_FAIL: 'node_failure',
  LAUNCH_FAILED: 'node_failure',
  RECONFIG_FAIL: 'node_failure',
  REVOKED: 'cluster_unavailable',
};

/** An unknown state, of a newer version, does not count as an end. */
export function phaseOf(state: string): Phase {
  const full =
    PHASES[state] ?? PHASES[Object.keys(PHASES).find((one) => cutShort(state, one)) ?? ''];
  return full ?? 'running';
}

/** Older versions print only nine characters of a long state. */
function cutShort(state: string, full: string): boolean {
  return state.length >= 7 && full.startsWith(state);
}

const ENDS: Readonly<Record<string, string>> = {
  TIMEOUT: 'Slurm stopped the job at its time limit',
  DEADLINE: 'Slurm stopped the job at its deadline',
  OUT_OF_MEMORY: 'Slurm stopped the job because memory ran out',
  PREEMPTED: 'Slurm preempted the job',
  NODE_FAIL: 'The node of the job failed',
  BOOT_FAIL: 'The node of the job could not be started',
  LAUNCH_FAILED: 'The job could not be launched on its node',
  RECONFIG_FAIL: 'The node of the job could not be set up',
  REVOKED: 'Another cluster took over the job',
};

/** One sentence without the final period. */
export function endOf(state: string, by: string | null): string {
  const full = Object.keys(ENDS).find((one) => one === state || cutShort(state, one));
  if (full !== undefined) return ENDS[full] ?? '';
  return by === null ? 'The job was cancelled' : `The job was cancelled by user ${by}`;
}

const HELD: Readonly<Record<string, string>> = {
  JobHeldUser: 'held by its user',
  JobHeldAdmin: 'held by an administrator',
};

/** Why a job waits, with Slurm's own reason. */
export function whyPending(id: string, state: string, reason: string | null): string {
  const job = `Slurm job ${id}`;
  if (reason !== null && /held/i.test(reason))
    return `${job} is ${HELD[reason] ?? 'held'} (${reason}): scontrol release ${id}`;
  return `${job} is ${state.toLowerCase()}${reason === null ? '' : `: ${reason}`}`;
}

/**
 * Whether the controller, the accounting or the network does not respond: the same call may succeed
 * later.
 */
export function isUnavailable(words: string): boolean {
  return UNAVAILABLE.some((pattern) => pattern.test(words));
}

const UNAVAILABLE: readonly RegExp[] = [
  /unable to contact slurm/i,
  /unable to connect to (slurm|database)/i,
  /socket timed out/i,
  /zero bytes were transmitted/i,
  /(connection|communication).*(refused|reset|timed out|failure|aborted|closed)/i,
  /controller in standby/i,
  /temporarily (unable|unavailable)/i,
  /authentication error|munge encode failed/i,
  /dns srv lookup failed|could not establish a configuration source/i,
  /slurmctld.*(not responding|shutting down)|transport endpoint/i,
];

/** Whether the request cannot have reached the controller: nothing was submitted. */
export function isUndelivered(words: string): boolean {
  return UNDELIVERED.some((pattern) => pattern.test(words));
}

const UNDELIVERED: readonly RegExp[] = [
  /connect failure|connection refused/i,
  /munge encode failed|dns srv lookup failed|configuration source/i,
  /is slurm installed|could not resolve hostname|permission denied \(/i,
];

/**
 * Whether a refusal is temporary, until other jobs have ended or maintenance is over: the job then
 * waits.
 */
export function isPassing(words: string): boolean {
  return isFull(words) || PASSING.some((pattern) => pattern.test(words));
}

const PASSING: readonly RegExp[] = [
  /rate limit exceeded/i,
  /partition not available \(inactive or drain\)/i,
  /submissions disabled/i,
  /i\/o error writing/i,
  /licenses currently unavailable/i,
  /unable to create job record/i,
];

/** Whether fewer jobs may be accepted. */
function isFull(words: string): boolean {
  return /MaxSubmit|MaxJobCount|maximum (number of )?jobs/i.test(words);
}

/** Whether smaller arrays may be accepted. */
export function mayBeSplit(words: string): boolean {
  return isFull(words) || /job array/i.test(words);
}

/** Most refusals remain until the settings change: a retry would be refused again. */
export function classOfRefusal(words: string): FailureClass {
  return /violates accounting/i.test(words) ? 'cluster_unavailable' : 'user_code';
}
