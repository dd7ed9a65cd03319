/** The measurements of a study at a version of the dataset. */
import { fingerprint } from '../base/fingerprint';
import type { Dataset } from '../dataset/log';
import type { Row } from '../dataset/tables';
import type { Words } from '../domain/words';

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

/**
 * The inputs of a fit: the rows, without the time and order of their recording, and the study's
 * labels and directions.
 */
export function identityOf(rows: Measurements, words: Words): object {
  const strip = (table: readonly { recorded_at: Date; attempt: number }[]) =>
    table.map(({ recorded_at: _r, attempt: _a, ...row }) => fingerprint(row)).sort();
  return {
    words: JSON.stringify(words),
    variants: strip(rows.variants),
    indicators: strip(rows.indicators),
    outcomes: strip(rows.outcomes),
  };
}
