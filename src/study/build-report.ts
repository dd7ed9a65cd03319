/** The report of a study, from the record. */
import type { Studies } from '../books/studies';
import type { Dataset } from '../dataset/log';
import type { ObjectStore } from '../dataset/store';
import { expenses } from '../domain/expenses';
import { latestRuns } from '../domain/status';
import { renderReport } from '../report/report';
import { latestFits, newestFits } from './newest-fits';

interface Sources {
  readonly dataset: Dataset;
  readonly studies: Studies;
  readonly store: ObjectStore;
}

/** Builds the report from all rows of a study. */
export async function buildReport(deps: Sources, study: string, version?: number): Promise<string> {
  const { dataset, studies, store } = deps;
  const spec = await studies.spec(study);
  const dataset_version = version ?? (await dataset.version());
  const at = { study, version: dataset_version };
  const [variants, indicators, outcomes, curves, runs, fits, predictions] = await Promise.all([
    dataset.read('variants', at),
    dataset.read('indicators', at),
    dataset.read('outcomes', at),
    dataset.read('curves', at),
    dataset.read('runs', at),
    dataset.read('fits', at),
    dataset.read('predictions', at),
  ]);
  const learned = newestFits(fits).filter(({ settings_json }) => settings_json !== null);
  const shown = new Set(learned.map(({ fit_id }) => fit_id));
  return renderReport({
    study: spec.study,
    dataset_version,
    dataset_uri: store.uri,
    generated_at: new Date(),
    variants,
    indicators,
    outcomes,
    curves,
    runs: [...latestRuns(runs).values()],
    expenses: expenses(runs),
    fits: latestFits(fits),
    learned,
    predictions: predictions.filter(({ fit_id }) => shown.has(fit_id)),
  });
}
