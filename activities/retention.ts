/** Removes, when a study is done, kept checkpoints that its rule lets go of, and uploads that nobody ends. */
import { log } from '@temporalio/activity';
import type { Artifacts } from '../src/artifacts/artifacts';
import { GC_GRACE_MS, type Dataset } from '../src/dataset/log';
import { isKept, staysKept } from '../src/domain/kept';
import type { Plan } from '../src/domain/plan';
import type { Study, TrainedStudy } from '../src/domain/schema';
import { StoreError } from '../src/base/errors';

interface Deps {
  readonly dataset: Dataset;
  readonly artifacts: Artifacts;
}

/** The rows stay: what needs such a checkpoint later makes it again. */
export async function letGo({ dataset, artifacts }: Deps, study: Study, plan: Plan): Promise<void> {
  if (study.kind !== 'trained' || study.keep_checkpoints === undefined) return;
  await removeLeaving({ dataset, artifacts }, study, plan);
  const longAgo = new Date(Date.now() - GC_GRACE_MS);
  await ifAllowed('unfinished uploads', () => artifacts.forgetUploads(longAgo));
}

async function removeLeaving(
  { dataset, artifacts }: Deps,
  study: TrainedStudy,
  plan: Plan,
): Promise<void> {
  const leaving = plan.runs.filter((run) => isKept(study, run) && !staysKept(study, run));
  if (!leaving.length) return;
  const ids = new Set(leaving.map(({ run_id }) => run_id));
  const going = new Set<string>();
  const staying = new Set<string>();
  for (const row of await dataset.read('checkpoints'))
    (row.study === plan.study && ids.has(row.run_id) ? going : staying).add(row.uri);
  // Weights of equal content are one, whichever study made them.
  for (const uri of going) if (!staying.has(uri)) await ifAllowed(uri, () => artifacts.remove(uri));
}

/** A study that is done has not failed because its credentials may not delete. */
async function ifAllowed(what: string, remove: () => Promise<void>): Promise<void> {
  try {
    await remove();
  } catch (error) {
    if (!(error instanceof StoreError) || error.retryable) throw error;
    log.warn('What is kept no longer could not be removed', { what, error: error.message });
  }
}
