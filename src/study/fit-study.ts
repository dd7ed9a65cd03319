/** Fits the proxies of a study to its recorded measurements. */
import { fingerprint } from '../base/fingerprint';
import type { Dataset } from '../dataset/log';
import type { Studies } from '../books/studies';
import { fitUnsupervised } from '../predict/fit';
import { fitIdentity, measurements } from './measurements';

interface Deps {
  readonly dataset: Dataset;
  readonly studies: Studies;
}

export interface FitSummary {
  readonly fit_id: string;
  readonly dataset_version: number;
  /** False when the same rows were fitted before: nothing was committed. */
  readonly fitted: boolean;
}

/** Fits every unsupervised proxy; unchanged rows are left as they are fitted. */
export async function fitStudy({ dataset, studies }: Deps, study: string): Promise<FitSummary> {
  const spec = await studies.spec(study);
  const read_version = await dataset.version();
  const rows = await measurements(dataset, study, read_version);
  const fit_id = fingerprint(fitIdentity(rows, spec.study.tasks)).slice(0, 16);
  const key = `fit:${study}/${fit_id}`;
  if (await dataset.hasKey(key)) return { fit_id, dataset_version: read_version, fitted: false };
  const context = { study, tasks: spec.study.tasks, read_version, fit_id, recorded_at: new Date() };
  const fits = fitUnsupervised(rows, context);
  const { version } = await dataset.commit({ key, rows: { fits } });
  return { fit_id, dataset_version: version, fitted: true };
}
