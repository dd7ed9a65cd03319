/** Fits the proxies of a study to its recorded measurements. */
import { fingerprint } from '../src/base/fingerprint';
import type { Dataset } from '../src/dataset/log';
import type { Studies } from '../src/books/studies';
import type { Row } from '../src/dataset/tables';
import { fitUnsupervised } from '../src/predict/fit';

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

/** Raised when the same rows would give other fits. */
const FIT_VERSION = 1;

// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- inferred contract
export function createFitActivities({ dataset, studies }: Deps) {
  return {
    /** Fits every unsupervised proxy; unchanged rows are left as they are fitted. */
    async fitStudy({ study }: { readonly study: string }): Promise<FitSummary> {
      const spec = await studies.spec(study);
      const read_version = await dataset.version();
      const rows = await measurements(dataset, study, read_version);
      const fit_id = fingerprint(fitIdentity(rows, spec.study.tasks)).slice(0, 16);
      const key = `fit:${study}/${fit_id}`;
      if (await dataset.hasKey(key))
        return { fit_id, dataset_version: read_version, fitted: false };
      const context = {
        study,
        tasks: spec.study.tasks,
        read_version,
        fit_id,
        recorded_at: new Date(),
      };
      const fits = fitUnsupervised(rows, context);
      const { version } = await dataset.commit({ key, rows: { fits } });
      return { fit_id, dataset_version: version, fitted: true };
    },
  };
}

export interface Measurements {
  readonly variants: Row<'variants'>[];
  readonly indicators: Row<'indicators'>[];
  readonly outcomes: Row<'outcomes'>[];
}

export async function measurements(
  dataset: Dataset,
  study: string,
  version: number,
): Promise<Measurements> {
  const [variants, indicators, outcomes] = await Promise.all([
    dataset.read('variants', { study, version }),
    dataset.read('indicators', { study, version }),
    dataset.read('outcomes', { study, version }),
  ]);
  return { variants, indicators, outcomes };
}

/** What a fit depends on: the rows, not when or in which order they were recorded. */
export function fitIdentity(rows: Measurements, tasks: readonly string[]): object {
  const strip = (table: readonly { recorded_at: Date; attempt: number }[]) =>
    table.map(({ recorded_at: _r, attempt: _a, ...row }) => fingerprint(row)).sort();
  return {
    version: FIT_VERSION,
    tasks,
    variants: strip(rows.variants),
    indicators: strip(rows.indicators),
    outcomes: strip(rows.outcomes),
  };
}
