/** Fits the predictors of a study that are not trained. */
import { fingerprint } from '../base/fingerprint';
import { featuresOf } from '../predict/features';
import { fitAllPairs } from '../predict/fit';
import { studyWords, type Books } from './features';
import { identityOf, measurements } from './measurements';

export interface FitSummary {
  readonly fit_id: string;
  readonly dataset_version: number;
  /** False if the same rows were fitted before, so that nothing was committed. */
  readonly fitted: boolean;
}

/** Raised when the same rows would give different fits. */
const FIT_VERSION = 2;

/**
 * Judges every predictor that is not trained on all pairs. Does nothing if the rows have not
 * changed.
 */
export async function fitStudy({ dataset, studies }: Books, study: string): Promise<FitSummary> {
  const words = await studyWords(studies, study);
  const read_version = await dataset.version();
  const rows = await measurements(dataset, study, read_version);
  const identity = { version: FIT_VERSION, ...identityOf(rows, words) };
  const fit_id = fingerprint(identity).slice(0, 16);
  const key = `fit:${study}/${fit_id}`;
  if (await dataset.hasKey(key)) return { fit_id, dataset_version: read_version, fitted: false };
  const context = { study, read_version, fit_id, recorded_at: new Date() };
  const fits = await fitAllPairs(featuresOf(words, rows), context);
  const { version } = await dataset.commit({ key, rows: { fits } });
  return { fit_id, dataset_version: version, fitted: true };
}
