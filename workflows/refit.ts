/**
 * What a schedule starts: fits a study's proxies anew when its rows, or what is fitted to them, are
 * not what they were at the last fit. Unchanged, it commits nothing and says so.
 */
import { upsertSearchAttributes } from '@temporalio/workflow';
import type { FitSummary, RecordedFits } from '../activities';
import { books, learning } from './activity-options';
import { tell, tellingFailure } from './notify';

export interface RefitInput {
  /** `name@version`. */
  readonly study: string;
}

export interface RefitResult {
  readonly outcome: 'fitted' | 'no-op';
  /** In words. */
  readonly reason: string;
  readonly dataset_version: number;
  /** The drift report in the store; null for a no-op and for a study's first fit. */
  readonly drift_key: string | null;
}

export function refitWorkflow({ study }: RefitInput): Promise<RefitResult> {
  return tellingFailure(study, () => refit(study));
}

async function refit(study: string): Promise<RefitResult> {
  // Asked first and kept in the history: whoever dies behind the commit still knows what is new.
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
  const reason = `the rows and the proxies are those of fit ${fit_id}`;
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
  const reason = drift?.summary ?? `${fresh.length} fits that were not there before`;
  if (drift?.drifted)
    await tell({ event: 'drifted', study, status: 'fitted', summary: reason, dataset_version });
  return { outcome: 'fitted', reason, dataset_version, drift_key: drift?.key ?? null };
}
