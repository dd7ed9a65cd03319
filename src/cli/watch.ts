/**
 * Follows a study until it ends: a live line on a terminal, plain lines when piped. Ctrl-C leaves
 * study and worker running. A worker that dies meanwhile is started again.
 */
import type { Client, WorkflowHandle } from '@temporalio/client';
import { WorkflowFailedError } from '@temporalio/client';
import { SingleBar } from 'cli-progress';
import type { StudySummary } from '../../activities';
import { failureReason } from '../client';
import { openClusters } from '../clusters';
import { studyWorkflowId } from '../domain/ids';
import { StackError } from '../errors';
import { pause } from '../processes';
import { ensureWorker } from '../stack/worker-process';
import type { CliContext } from './context';
import { duration } from './output';
import { studyProgress, type StudyProgress } from './progress';
import type { Session } from './session';

const POLL_MS = 500;
const LINE_EVERY_MS = 5000;
const CHECK_WORKER_EVERY_MS = 5000;

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
  process.once('SIGINT', detach);
  try {
    return await untilEnded(context, session, study, handle, display);
  } finally {
    process.off('SIGINT', detach);
    display.stop();
  }
}

async function untilEnded(
  context: CliContext,
  session: Session,
  study: string,
  handle: WorkflowHandle,
  display: Display,
): Promise<StudySummary> {
  const clusters = openClusters(context.config);
  for (let checked = Date.now(); ; await pause(POLL_MS)) {
    const { status } = await handle.describe();
    const progress = await studyProgress(session, clusters, study);
    if (progress) display.show(progress);
    if (status.name !== 'RUNNING') return summary(handle, study);
    if (Date.now() - checked < CHECK_WORKER_EVERY_MS) continue;
    checked = Date.now();
    await ensureWorker(context.config, session.endpoints, context.stderr);
  }
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
  show(progress: StudyProgress): void;
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
    show(progress) {
      const { counts } = progress;
      const ended = counts.done + counts.reused + counts.failed + counts.blocked + counts.cancelled;
      if (!started) bar.start(counts.total, ended, { detail: '' });
      started = true;
      bar.update(ended, { detail: describe(progress) });
    },
    stop: () => bar.stop(),
  };
}

/** A line when something changed, and now and then while jobs run. */
export function lineDisplay({ stderr }: Pick<CliContext, 'stderr'>): Display {
  let last = '';
  let printed = 0;
  return {
    show(progress) {
      const { counts } = progress;
      const now = JSON.stringify(counts);
      const atRest = counts.running + counts.pending === 0;
      // Of a study that has nothing to run, the plan has said so.
      if (atRest && !last) return;
      if (now === last && (atRest || Date.now() - printed < LINE_EVERY_MS)) return;
      last = now;
      printed = Date.now();
      const share = `${counts.done + counts.reused}/${counts.total} runs`;
      stderr([share, describe(progress)].filter(Boolean).join('  '));
    },
    stop: () => undefined,
  };
}

function describe({ counts, current, seconds_left }: StudyProgress): string {
  const parts = counts.running ? [`${counts.running} running`] : [];
  if (counts.failed) parts.push(`${counts.failed} failed`);
  if (counts.blocked) parts.push(`${counts.blocked} blocked`);
  if (seconds_left !== null && seconds_left > 0) parts.push(`about ${duration(seconds_left)} left`);
  const steps = current.map(({ run_id, step, steps, loss }) => {
    const at = steps ? ` ${Math.round((100 * step) / steps)}%` : '';
    return `${run_id}${at}${loss === null ? '' : ` loss ${loss.toFixed(2)}`}`;
  });
  return [parts.join(', '), ...steps].filter(Boolean).join(' | ');
}
