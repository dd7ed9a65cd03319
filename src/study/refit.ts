/** Parts of a scheduled re-fit other than the fits: the previous fits, and the drift since then. */
import type { ObjectStore } from '../dataset/store';
import { driftBetween, type Drift } from '../predict/drift';
import { featuresOf } from '../predict/features';
import { studyWords, type Books } from './features';
import { measurements } from './measurements';
import { latestFits, newestFits } from './newest-fits';

export interface RecordedFits {
  /** The newest fit for each settings. */
  readonly fit_ids: readonly string[];
  /** Settings of the learned fits to repeat. */
  readonly learned: readonly string[];
  /** The dataset version of the newest fit on all pairs; null before the first fit. */
  readonly read_version: number | null;
}

export interface DriftSummary {
  readonly key: string;
  /** Whether any earlier result has changed. */
  readonly drifted: boolean;
  readonly summary: string;
}

export async function recordedFits(
  { dataset, studies }: Books,
  study: string,
): Promise<RecordedFits> {
  await studies.spec(study); // throws if there is no such study
  const newest = newestFits(await dataset.read('fits', { study }));
  return {
    fit_ids: [...new Set(newest.map(({ fit_id }) => fit_id))],
    learned: [...new Set(newest.flatMap(({ settings_json }) => settings_json ?? []))],
    read_version: latestFits(newest)[0]?.read_version ?? null,
  };
}

export interface DriftInput {
  readonly study: string;
  readonly before: number;
  readonly fit_id: string;
}

/**
 * Compares today's rows with those of the previous version, and stores the report under its fit.
 */
export async function reportDrift(
  { dataset, studies, store }: Books & { readonly store: ObjectStore },
  { study, before, fit_id }: DriftInput,
): Promise<DriftSummary> {
  const words = await studyWords(studies, study);
  const after = await dataset.version();
  const [old, now] = await Promise.all([
    measurements(dataset, study, before),
    measurements(dataset, study, after),
  ]);
  const drift = await driftBetween(featuresOf(words, old), featuresOf(words, now));
  const key = `studies/${study}/drift/${fit_id}.json`;
  const report = { study, fit_id, before, after, ...drift };
  await store.put(key, new TextEncoder().encode(JSON.stringify(report)));
  const changes = changesOf(drift);
  const summary = changes.join(', ') || 'rows were added, and no number changed';
  return { key, drifted: changes.length > 0, summary };
}

function changesOf({
  variants_added,
  variants_gone,
  moved,
  n_flips,
  error_rates,
}: Drift): string[] {
  const changed = error_rates.filter(({ before, after }) => before !== after);
  const parts = [
    [variants_added.length, 'variants added'],
    [variants_gone.length, 'variants gone'],
    [moved.length, 'indicators and outcomes moved'],
    [n_flips, 'answers about pairs flipped'],
    [changed.length, 'error rates changed'],
  ] as const;
  return parts.filter(([count]) => count > 0).map(([count, words]) => `${count} ${words}`);
}
