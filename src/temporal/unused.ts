/** Whether a study's configuration may still be corrected, from the record and Temporal. */
import type { IsUnused } from '../books/studies';
import { studyWorkflowId } from '../domain/ids';
import { unusedIn } from '../study/unused';
import { withDescribe } from './describe';
import { isRunning } from './live-status';
import type { Session } from './session';

/**
 * If the server does not answer, it is not known whether the study runs, so the error is thrown.
 */
export function isUnused(session: Session): IsUnused {
  return unusedIn(session.dataset, (study) =>
    withDescribe(session, async (describe) => isRunning(await describe(studyWorkflowId(study)))),
  );
}
