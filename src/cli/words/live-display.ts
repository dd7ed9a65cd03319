/**
 * Progress of a study that is being followed: a live line on a terminal, plain lines when piped.
 */
import { SingleBar } from 'cli-progress';
import type { StudyProgress } from '../../study/progress';
import type { Display } from '../../temporal/follow';
import type { Troubles } from '../../temporal/troubles';
import type { CliContext } from '../context';
import { duration } from './output';
import { printable } from './printable';
import { troubleLines } from './troubles';

const LINE_EVERY_MS = 5000;

export interface LiveDisplay extends Display {
  stop(): void;
}

export function liveDisplay(context: Pick<CliContext, 'stderr'>): LiveDisplay {
  return process.stderr.isTTY ? barDisplay() : lineDisplay(context);
}

function barDisplay(): LiveDisplay {
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

/** Prints a line when something changed, and at intervals while jobs run. */
export function lineDisplay({ stderr }: Pick<CliContext, 'stderr'>): LiveDisplay {
  let last = '';
  let printed = 0;
  return {
    show(progress, troubles) {
      const { counts } = progress;
      const now = JSON.stringify(counts);
      const atRest = counts.running + counts.pending === 0;
      // If the study has nothing to run, the plan has already said so.
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
  const all = [parts.join(', '), ...troubleLines(troubles), ...steps];
  return printable(all.filter(Boolean).join(' | '));
}
