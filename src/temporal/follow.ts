/**
 * Follows a study until it ends: a live line on a terminal, plain lines when piped. Ctrl-C leaves
 * study and worker running. A worker or a server that dies meanwhile is started again.
 */
import { setTimeout } from 'node:timers/promises';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { ServiceError, WorkflowFailedError } from '@temporalio/client';
import { SingleBar } from 'cli-progress';
import type { StudySummary } from '../../activities';
import { failureReason } from './client';
import { openClusters } from '../study/clusters';
import { studyWorkflowId } from '../domain/ids';
import { StackError, StoreError } from '../base/errors';
import { pause } from '../base/processes';
import { startStack } from '../stack/stack';
import { ensureWorker } from '../stack/worker-process';
import type { CliContext } from '../cli/context';
import { duration } from '../cli/words/output';
import { studyProgress, type StudyProgress } from '../study/progress';
import type { Session } from './session';
import { findTroubles, troubleLines, type Troubles } from './troubles';

const POLL_MS = 500;
/** Of a large study a look costs the cores that its jobs could have: it takes a twentieth of the time, while that keeps it up to date. */
const REST = 19;
const LONGEST_REST_MS = 15_000;
const LINE_EVERY_MS = 5000;
const CHECK_WORKER_EVERY_MS = 5000;
const MOST_BLIND_MS = 60_000;

/** What a shell reports for a command that Ctrl-C ended. */
const INTERRUPTED = 130;

export async function watchStudy(
  context: CliContext,
  session: Session & { client: Client },
  study: string,
): Promise<StudySummary> {
  const handle = session.client.workflow.getHandle(studyWorkflowId(study));
  const display = process.stderr.isTTY ? barDisplay() : lineDisplay(context);
  const detach = () => leave(context, study, display);
  const end = new EndOf(session.client, handle);
  process.once('SIGINT', detach);
  try {
    await untilEnded(context, session, study, { handle, end, display });
    return await summary(handle, study);
  } finally {
    process.off('SIGINT', detach);
    end.stop();
    display.stop();
  }
}

interface Followed {
  readonly handle: WorkflowHandle;
  readonly end: EndOf;
  readonly display: Display;
}

async function untilEnded(
  context: CliContext,
  session: Session & { client: Client },
  study: string,
  { handle, end, display }: Followed,
): Promise<void> {
  const clusters = openClusters(context.config);
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
      await ensureWorker(context.config, session.endpoints, context.stderr);
    } catch (error) {
      took = 0; // asked again soon
      await waitOut(context, study, error, Date.now() - seen);
    }
  }
}

function restAfter(tookMs: number): number {
  return Math.min(Math.max(POLL_MS, REST * tookMs), LONGEST_REST_MS);
}

/** Told by the server, so that a look that was slow does not make the last one late. */
class EndOf {
  private told: Promise<void> | undefined;
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
    this.told ??= this.ask().then(nothing, (error: unknown) => {
      // The server went away: asked again. Whoever looks at the study next sees it too, and says so.
      if (!(error instanceof WorkflowFailedError)) this.told = undefined;
    });
    const told = this.told;
    await pause(Math.min(ms, POLL_MS));
    const rest = new AbortController();
    const waited = setTimeout(ms - POLL_MS, undefined, { signal: rest.signal }).catch(nothing);
    await Promise.race([told, waited]);
    rest.abort(); // a timer would keep the program from its end
  }
}

function nothing(): void {}

/** The study waits for servers that are away, so whoever follows it does; dead ones are started again. */
async function waitOut(
  { config, stderr }: CliContext,
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
  await startStack(config, stderr).catch(() => undefined); // told when the time is up
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

function leave(context: CliContext, study: string, display: Display): never {
  display.stop();
  context.stderr(
    `\nDetached. The study goes on in the background.\n  watch it again:  npx foretune resume ${study}\n  look at it:      npx foretune status ${study}\n  stop everything: npx foretune down --force`,
  );
  process.exit(INTERRUPTED);
}

export interface Display {
  show(progress: StudyProgress, troubles?: Troubles): void;
  stop(): void;
}

function barDisplay(): Display {
  const bar = new SingleBar({
    format: '[{bar}] {value}/{total} runs  {detail}',
    hideCursor: true,
    clearOnComplete: true,
    stream: process.stderr,
    barsize: 24,
  });
  let started = false;
  return {
    show(progress, troubles) {
      const { counts } = progress;
      const ended = counts.done + counts.reused + counts.failed + counts.blocked + counts.cancelled;
      if (!started) bar.start(counts.total, ended, { detail: '' });
      started = true;
      bar.update(ended, { detail: describe(progress, troubles) });
    },
    stop: () => bar.stop(),
  };
}

/** A line when something changed, and now and then while jobs run. */
export function lineDisplay({ stderr }: Pick<CliContext, 'stderr'>): Display {
  let last = '';
  let printed = 0;
  return {
    show(progress, troubles) {
      const { counts } = progress;
      const now = JSON.stringify(counts);
      const atRest = counts.running + counts.pending === 0;
      // Of a study that has nothing to run, the plan has said so.
      if (atRest && !last) return;
      if (now === last && (atRest || Date.now() - printed < LINE_EVERY_MS)) return;
      last = now;
      printed = Date.now();
      const share = `${counts.done + counts.reused}/${counts.total} runs`;
      stderr([share, describe(progress, troubles)].filter(Boolean).join('  '));
    },
    stop: () => undefined,
  };
}

function describe(progress: StudyProgress, troubles: Troubles = new Map()): string {
  const { counts, current, seconds_left } = progress;
  const parts = counts.running ? [`${counts.running} running`] : [];
  if (counts.failed) parts.push(`${counts.failed} failed`);
  if (counts.blocked) parts.push(`${counts.blocked} blocked`);
  if (seconds_left !== null && seconds_left > 0) parts.push(`about ${duration(seconds_left)} left`);
  const steps = current.map(({ run_id, step, steps, loss }) => {
    const at = steps ? ` ${Math.round((100 * step) / steps)}%` : '';
    return `${run_id}${at}${loss === null ? '' : ` loss ${loss.toFixed(2)}`}`;
  });
  return [parts.join(', '), ...troubleLines(troubles), ...steps].filter(Boolean).join(' | ');
}
