/** Used by `run`, `resume` and `retry`: follows a study to its end and prints its results. */
import type { PlanRequest } from '../domain/request';
import type { Study } from '../domain/schema';
import { failedRuns } from '../study/failed-runs';
import { readResults } from '../study/results';
import { runStudy } from '../temporal/run-study';
import type { WorkSession } from '../temporal/session';
import { studyId } from '../domain/ids';
import { EXIT, type CliContext } from './context';
import { failureText, missingLine } from './words/failures';
import { liveDisplay, type LiveDisplay } from './words/live-display';
import { printResults } from './words/results';

/** The exit code that a shell reports for a command ended by Ctrl-C. */
const INTERRUPTED = 130;

export async function runToEnd(
  context: CliContext,
  session: WorkSession,
  study: Study,
  request?: PlanRequest,
): Promise<void> {
  const { summary, unfinished, report } = await untilDetached(context, studyId(study), (display) =>
    runStudy(session, study, display, request),
  );
  if (summary.not_fine_tuned)
    context.stderr(`${summary.not_fine_tuned} variants not fine-tuned (budget).`);
  if (summary.spent !== undefined)
    context.stderr(
      `The study ended at ${summary.spent}. To continue it, raise \`budget\` in the study file and run it again.`,
    );
  for (const failure of await failedRuns(session, summary.study))
    context.stderr(failureText(failure));
  const missing = unfinished && missingLine(unfinished);
  if (missing) context.stderr(missing);
  const { status } = summary;
  printResults(context, await readResults(session, summary.study), { status, report });
  if (report) context.stderr(`\nReport: ${report}`);
  context.setExitCode(status === 'done' ? EXIT.done : EXIT.failed);
}

/** Ctrl-C leaves the study and the worker running. */
async function untilDetached<T>(
  context: CliContext,
  study: string,
  follow: (display: LiveDisplay) => Promise<T>,
): Promise<T> {
  const display = liveDisplay(context);
  const detach = () => leave(context, study, display);
  process.once('SIGINT', detach);
  try {
    return await follow(display);
  } finally {
    process.off('SIGINT', detach);
    display.stop();
  }
}

function leave(context: CliContext, study: string, display: LiveDisplay): never {
  display.stop();
  context.stderr(
    `\nDetached. The study continues in the background.\n  follow it again:  npx foretune resume ${study}\n  show its status:  npx foretune status ${study}\n  stop everything:  npx foretune down --force`,
  );
  process.exit(INTERRUPTED);
}
