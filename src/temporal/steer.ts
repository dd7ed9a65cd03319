/** Steers a running study: an update of its workflow, which answers when it is in force. */
import { WorkflowUpdateFailedError, type Client, type WorkflowHandle } from '@temporalio/client';
import type { StudyProgress } from '../../workflows/messages';
import { failureReason } from './client';
import { studyWorkflowId } from '../domain/ids';
import { SpecError } from '../base/errors';
import type { CliContext } from '../cli/context';
import { printObject } from '../cli/words/output';
import { openWorkSession } from './session';

type Change =
  | { readonly update: 'pause' | 'resume' | 'cancel' | 'addVariants' }
  | { readonly update: 'retry'; readonly runs: readonly string[] }
  | { readonly update: 'setWindow'; readonly window: number };

/** Throws SpecError for a study that is not running, or is at its end. */
export async function steer(context: CliContext, name: string, change: Change): Promise<void> {
  const { client, studies } = await openWorkSession(context);
  const study = await studies.resolve(name);
  const handle = await runningStudy(client, study);
  if (!handle)
    throw new SpecError(
      `Study "${study}" is not running: there is nothing to steer. Run what it lacks: npx foretune resume ${study}`,
    );
  print(context, study, await update(handle, change));
}

/** The workflow of a study, or null when it is not running. */
export async function runningStudy(client: Client, study: string): Promise<WorkflowHandle | null> {
  const handle = client.workflow.getHandle(studyWorkflowId(study));
  const running = await handle.describe().then(
    ({ status }) => status.name === 'RUNNING',
    () => false, // Temporal has forgotten it, or never knew it
  );
  return running ? handle : null;
}

async function update(handle: WorkflowHandle, change: Change): Promise<StudyProgress> {
  const { update: name, ...args } = change;
  try {
    return await handle.executeUpdate<StudyProgress, [object]>(name, { args: [args] });
  } catch (error) {
    if (!(error instanceof WorkflowUpdateFailedError)) throw error;
    throw new SpecError(failureReason(error), { cause: error });
  }
}

function print(context: CliContext, study: string, progress: StudyProgress): void {
  const { paused, cancelled, window, open, variants_ended, variants_to_run } = progress;
  const state = cancelled ? 'is being cancelled' : paused ? 'is paused' : 'goes on';
  printObject(context, { study, ...progress }, () =>
    [
      `${study} ${state}: ${variants_ended} of ${variants_to_run} variants ended, ${open.length} open, ${window} at most at once`,
      ...(paused && !cancelled
        ? [`Jobs that run go on to their end. Go on: npx foretune resume ${study}`]
        : []),
    ].join('\n'),
  );
}
