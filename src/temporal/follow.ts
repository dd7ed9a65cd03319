/** Follows a study until it ends. A worker or a server that dies meanwhile is started again. */
import { setTimeout } from 'node:timers/promises';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { ServiceError, WorkflowFailedError } from '@temporalio/client';
import type { StudySummary } from '../../activities';
import { StackError, StoreError } from '../base/errors';
import { pause } from '../base/processes';
import { studyWorkflowId } from '../domain/ids';
import { startStack } from '../stack/stack';
import { ensureWorker } from '../stack/worker-process';
import { openClusters } from '../study/clusters';
import { studyProgress, type StudyProgress } from '../study/progress';
import { failureReason } from './client';
import type { Session, WorkSession } from './session';
import { findTroubles, type Troubles } from './troubles';

const POLL_MS = 500;
/** Of a large study a look costs the cores that its jobs could have: it takes a twentieth of the time, while that keeps it up to date. */
const REST = 19;
const LONGEST_REST_MS = 15_000;
const CHECK_WORKER_EVERY_MS = 5000;
const MOST_BLIND_MS = 60_000;

/** How far a study is, shown while it is followed. */
export interface Display {
  show(progress: StudyProgress, troubles?: Troubles): void;
}

/** Follows a study until it ends. Whoever stops following leaves study and worker running. */
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
  let seen = Date.now();
  let troubles: Troubles = new Map();
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
      troubles = progress ? await findTroubles(session.client, study, progress) : troubles;
      await ensureWorker(session.config, session.endpoints, session.say);
    } catch (error) {
      took = 0; // asked again soon
      await waitOut(session, study, error, Date.now() - seen);
    }
  }
}

function restAfter(tookMs: number): number {
  return Math.min(Math.max(POLL_MS, REST * tookMs), LONGEST_REST_MS);
}

/** The server says so itself: after a slow look, the last one is not late. */
class EndOf {
  private ended: Promise<void> | undefined;
  private readonly left = new AbortController();

  constructor(
    private readonly client: Client,
    private readonly handle: WorkflowHandle,
  ) {}

  /** An open question to the server would keep the program from its end. */
  stop(): void {
    this.left.abort();
  }

  private ask(): Promise<unknown> {
    return this.client.withAbortSignal(this.left.signal, () => this.handle.result());
  }

  /** Resolves when the study has ended, at the latest after the given time, at the earliest after a poll's. */
  async within(ms: number): Promise<void> {
    this.ended ??= this.ask().then(nothing, (error: unknown) => {
      // The server went away: asked again. Whoever looks at the study next sees it too, and says so.
      if (!(error instanceof WorkflowFailedError)) this.ended = undefined;
    });
    const ended = this.ended;
    await pause(Math.min(ms, POLL_MS));
    const rest = new AbortController();
    const waited = setTimeout(ms - POLL_MS, undefined, { signal: rest.signal }).catch(nothing);
    await Promise.race([ended, waited]);
    rest.abort(); // a timer would keep the program from its end
  }
}

function nothing(): void {}

/** The study waits for servers that are away, so whoever follows it does; dead ones are started again. */
async function waitOut(
  { config, say }: Session,
  study: string,
  error: unknown,
  blindMs: number,
): Promise<void> {
  if (!mayPass(error)) throw error;
  if (blindMs > MOST_BLIND_MS)
    throw new StackError(
      `Study "${study}" cannot be followed any more: ${(error as Error).message}\nNothing that was measured is lost. Once its servers answer (npx foretune doctor): npx foretune resume ${study}`,
      { cause: error },
    );
  await startStack(config, say).catch(() => undefined); // reported when the time is up
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
      `Study "${study}" stopped: ${failureReason(error)}\nWhat was measured is kept. Mend the cause, then: npx foretune resume ${study}`,
      { cause: error },
    );
  }
}
