/** When a study is done, removes the checkpoints that it does not keep, and abandoned uploads. */
import type { Artifacts } from '../artifacts/artifacts';
import { GC_GRACE_MS, type Dataset } from '../dataset/log';
import { isKept, staysKept } from '../domain/kept';
import type { Plan } from '../domain/plan';
import type { Study, TrainedStudy } from '../domain/schema';
import { StoreAccessError } from '../base/errors';

interface Deps {
  readonly dataset: Dataset;
  readonly artifacts: Artifacts;
  /** Called with what could not be removed. */
  readonly warn: (message: string, facts: Readonly<Record<string, string>>) => void;
}

/** The rows stay: a later run that needs such a checkpoint makes it again. */
export async function letGo(deps: Deps, study: Study, plan: Plan): Promise<void> {
  if (study.kind !== 'trained' || study.keep_checkpoints === undefined) return;
  await removeLeaving(deps, study, plan);
  const longAgo = new Date(Date.now() - GC_GRACE_MS);
  await ifAllowed(deps, 'unfinished uploads', () => deps.artifacts.forgetUploads(longAgo));
}

async function removeLeaving(deps: Deps, study: TrainedStudy, plan: Plan): Promise<void> {
  const leaving = plan.runs.filter((run) => isKept(study, run) && !staysKept(study, run));
  if (!leaving.length) return;
  const ids = new Set(leaving.map(({ run_id }) => run_id));
  const going = new Set<string>();
  const staying = new Set<string>();
  for (const row of await deps.dataset.read('checkpoints'))
    (row.study === plan.study && ids.has(row.run_id) ? going : staying).add(row.uri);
  // Checkpoints of equal content share one object, even across studies.
  for (const uri of going)
    if (!staying.has(uri)) await ifAllowed(deps, uri, () => deps.artifacts.remove(uri));
}

/** A study that is done does not fail because its credentials do not permit deletion. */
async function ifAllowed({ warn }: Deps, what: string, remove: () => Promise<void>): Promise<void> {
  try {
    await remove();
  } catch (error) {
    if (!(error instanceof StoreAccessError)) throw error;
    warn('Objects that are no longer kept could not be removed', { what, error: error.message });
  }
}
