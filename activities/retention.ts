/** Removes kept checkpoints that the study's rule lets go of, when the study is done. */
import { log } from '@temporalio/activity';
import type { Artifacts } from '../src/artifacts/artifacts';
import type { Dataset } from '../src/dataset/log';
import { isKept, staysKept } from '../src/domain/kept';
import type { Plan } from '../src/domain/plan';
import type { Study } from '../src/domain/schema';
import { StoreError } from '../src/errors';

interface Deps {
  readonly dataset: Dataset;
  readonly artifacts: Artifacts;
}

/** The rows stay: what needs such a checkpoint later makes it again. */
export async function letGo({ dataset, artifacts }: Deps, study: Study, plan: Plan): Promise<void> {
  if (study.kind !== 'trained' || study.keep_checkpoints === undefined) return;
  const leaving = plan.runs.filter((run) => isKept(study, run) && !staysKept(study, run));
  if (!leaving.length) return;
  const ids = new Set(leaving.map(({ run_id }) => run_id));
  const going = new Set<string>();
  const staying = new Set<string>();
  for (const row of await dataset.read('checkpoints'))
    (row.study === plan.study && ids.has(row.run_id) ? going : staying).add(row.uri);
  // Weights of equal content are one, whichever study made them.
  for (const uri of going) if (!staying.has(uri)) await removeIfAllowed(artifacts, uri);
}

/** A study that is done has not failed because its credentials may not delete. */
async function removeIfAllowed(artifacts: Artifacts, uri: string): Promise<void> {
  try {
    await artifacts.remove(uri);
  } catch (error) {
    if (!(error instanceof StoreError) || error.retryable) throw error;
    log.warn('A kept checkpoint could not be removed', { uri, error: error.message });
  }
}
