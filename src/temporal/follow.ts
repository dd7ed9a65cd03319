/**
 * Follows a study until it ends. A worker or server that dies in the meantime is started again,
 * unless `foretune down` stopped it.
 */
import { setMaxListeners } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { ServiceError, WorkflowFailedError } from '@temporalio/client';
import type { StudySummary } from '../../activities';
import { StackError, StoreError } from '../base/errors';
import { pause } from '../base/processes';
import { studyWorkflowId } from '../domain/ids';
import { startStack } from '../stack/stack';
import { lastStop } from '../stack/stopped';
import { ensureWorker } from '../stack/worker-process';
import { openClusters } from '../study/clusters';
import { studyProgress, type StudyProgress } from '../study/progress';
import { failureReason } from './client';
import type { Session, WorkSession } from './session';
import { describeWith } from './describe';
import { findTroubles, type Troubles } from './troubles';

const POLL_MS = 500;
/**
 * A check of a large study takes CPU time from its jobs, so checks take at most a twentieth of the
 * time, as long as LONGEST_REST_MS permits.
 */
const REST = 19;
const LONGEST_REST_MS = 15_000;
const CHECK_WORKER_EVERY_MS = 5000;
const MOST_BLIND_MS = 60_000;

/** Shows the progress of a study while it is followed. */
export interface Display {
  show(progress: StudyProgress, troubles?: Troubles): void;
}

/** Follows a study until it ends. If the caller stops, the study and the worker keep running. */
export async function followStudy(
  session: WorkSession,
  study: string,
  display: Display,
): Promise<StudySummary> {
  const handle = session.client.workflow.getHandle(studyWorkflowId(study));
  const end = new EndOf(session.client, handle);
  try {
    await untilEnded(session, study, { handle, end, display });
    return await summary(handle, study);
  } finally {
    end.stop();
  }
}

interface Followed {
  readonly handle: WorkflowHandle;
  readonly end: EndOf;
  readonly display: Display;
}

async function untilEnded(
  session: WorkSession,
  study: string,
  { handle, end, display }: Followed,
): Promise<void> {
  const clusters = openClusters(session.config);
  const stop = lastStop(session.config.stateDir);
  let seen = Date.now();
  let troubles: Troubles = new Map();
  let noWorker: string | undefined;
  for (let checked = seen, took = 0; ; await end.within(restAfter(took))) {
    try {
      const start = Date.now();
      const { status } = await handle.describe();
      const progress = await studyProgress(session, clusters, study);
      if (progress) display.show(progress, troubles);
      took = Date.now() - start;
      if (status.name !== 'RUNNING') return;
      seen = Date.now();
      if (seen - checked < CHECK_WORKER_EVERY_MS) continue;
      checked = seen;
      troubles = progress
        ? await findTroubles(describeWith(session.client), study, progress)
        : troubles;
      refuseAfter(stop, session, study);
      noWorker = await keepWorker(session, noWorker);
    } catch (error) {
      refuseAfter(stop, session, study);
      took = 0; // check again soon
      await waitOut(session, study, error, Date.now() - seen);
    }
  }
}

/**
 * Returns why no worker of the current code runs, if so, and says it unless it was said before: the
 * study waits until somebody does something about it.
 */
async function keepWorker(
  { config, endpoints, say }: WorkSession,
  said: string | undefined,
): Promise<string | undefined> {
  try {
    await ensureWorker(config, endpoints, say);
    return undefined;
  } catch (error) {
    if (!(error instanceof StackError)) throw error;
    const [reason] = error.message.split('\n');
    if (reason !== said) say(error.message);
    return reason;
  }
}

/** Throws StackError if the stack was stopped on purpose since `stop`. */
function refuseAfter(stop: string | undefined, { config }: Session, study: string): void {
  if (lastStop(config.stateDir) === stop) return;
  throw new StackError(
    `Study "${study}" is no longer followed: foretune down stopped its worker. No measurement is lost. To continue it: npx foretune resume ${study}`,
  );
}

function restAfter(tookMs: number): number {
  return Math.min(Math.max(POLL_MS, REST * tookMs), LONGEST_REST_MS);
}

/**
 * Waits for the server's own report of the end, so that the end is not noticed late after a slow
 * check.
 */
class EndOf {
  private ended: Promise<void> | undefined;
  private readonly left = new AbortController();

  constructor(
    private readonly client: Client,
    private readonly handle: WorkflowHandle,
  ) {
    // The client adds a listener for each request, about one a minute, and removes none.
    setMaxListeners(0, this.left.signal);
  }

  /** An open request to the server would keep the process alive. */
  stop(): void {
    this.left.abort();
  }

  private ask(): Promise<unknown> {
    return this.client.withAbortSignal(this.left.signal, () => this.handle.result());
  }

  /** Resolves when the study has ended, but not before POLL_MS and not after the given time. */
  async within(ms: number): Promise<void> {
    this.ended ??= this.ask().then(nothing, (error: unknown) => {
      // The server is gone: the request is repeated later. The next check of the study meets the
      // same error and reports it.
      if (!(error instanceof WorkflowFailedError)) this.ended = undefined;
    });
    const ended = this.ended;
    await pause(Math.min(ms, POLL_MS));
    const rest = new AbortController();
    const waited = setTimeout(ms - POLL_MS, undefined, { signal: rest.signal }).catch(nothing);
    await Promise.race([ended, waited]);
    rest.abort(); // a timer would keep the process alive
  }
}

function nothing(): void {}

/**
 * A study waits for unavailable servers, so following it does too; dead servers are started again.
 */
async function waitOut(
  { config, say }: Session,
  study: string,
  error: unknown,
  blindMs: number,
): Promise<void> {
  if (!mayPass(error)) throw error;
  if (blindMs > MOST_BLIND_MS)
    throw new StackError(
      `Study "${study}" can no longer be followed: ${(error as Error).message}\nNo measurement is lost. Once its servers answer (check with npx foretune doctor): npx foretune resume ${study}`,
      { cause: error },
    );
  await startStack(config, say).catch(() => undefined); // reported after MOST_BLIND_MS
}

function mayPass(error: unknown): boolean {
  return (
    error instanceof ServiceError ||
    error instanceof StackError ||
    (error instanceof StoreError && error.retryable)
  );
}

async function summary(handle: WorkflowHandle, study: string): Promise<StudySummary> {
  try {
    return (await handle.result()) as StudySummary;
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    throw new StackError(
      `Study "${study}" stopped: ${failureReason(error)}\nIts measurements are kept. Fix the cause, then: npx foretune resume ${study}`,
      { cause: error },
    );
  }
}
