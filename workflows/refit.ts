/**
 * Started by a schedule: fits a study's proxies again if the rows, or the proxies that are fitted
 * to them, have changed since the last fit. If nothing has changed, commits nothing and says so.
 */
import { upsertSearchAttributes } from '@temporalio/workflow';
import type { FitSummary, RecordedFits } from '../activities';
import { books, learning } from './activity-options';
import { notifyFailure, send } from './notify';

export interface RefitInput {
  /** `name@version`. */
  readonly study: string;
}

export interface RefitResult {
  readonly outcome: 'fitted' | 'no-op';
  /** One sentence. */
  readonly reason: string;
  readonly dataset_version: number;
  /** Key of the drift report in the store; null for a no-op and for a study's first fit. */
  readonly drift_key: string | null;
}

export function refitWorkflow({ study }: RefitInput): Promise<RefitResult> {
  return notifyFailure(study, () => refit(study));
}

async function refit(study: string): Promise<RefitResult> {
  // Read first and kept in the history, so that after a crash that follows the commit the new fits
  // are still known.
  const before = await books.recordedFits({ study });
  const fit = await books.fitStudy({ study });
  const fits = [fit];
  for (const settings_json of before.learned)
    fits.push(await learning.fitLearnedAgain({ study, settings_json }));
  const fresh = fits.filter(({ fit_id }) => !before.fit_ids.includes(fit_id));
  const result = fresh.length ? await conclude(study, before, fit, fresh) : unchanged(fit);
  upsertSearchAttributes({ ForetuneStatus: ['done'] });
  return result;
}

function unchanged({ fit_id, dataset_version }: FitSummary): RefitResult {
  const reason = `the rows and the proxies have not changed since fit ${fit_id}`;
  return { outcome: 'no-op', reason, dataset_version, drift_key: null };
}

async function conclude(
  study: string,
  { read_version }: RecordedFits,
  fit: FitSummary,
  fresh: readonly FitSummary[],
): Promise<RefitResult> {
  const drift =
    read_version !== null && fresh.includes(fit)
      ? await books.reportDrift({ study, before: read_version, fit_id: fit.fit_id })
      : null;
  const dataset_version = await books.refreshReport({ study });
  const reason = drift?.summary ?? `${fresh.length} new fits`;
  if (drift?.drifted)
    await send({ event: 'drifted', study, status: 'fitted', summary: reason, dataset_version });
  return { outcome: 'fitted', reason, dataset_version, drift_key: drift?.key ?? null };
}
