/** The features of a study as they are on record. */
import type { Studies } from '../books/studies';
import { fingerprint } from '../base/fingerprint';
import type { Dataset } from '../dataset/log';
import type { Row } from '../dataset/tables';
import { wordsOf, type Words } from '../domain/words';
import type { FeatureTable } from '../predict/feature-table';
import { featuresOf } from '../predict/features';

export interface Books {
  readonly dataset: Dataset;
  readonly studies: Studies;
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

/** In the words that the study has today, whatever the version. */
export async function readFeatures(
  { dataset, studies }: Books,
  study: string,
  version: number,
): Promise<FeatureTable> {
  const [words, rows] = await Promise.all([
    studyWords(studies, study),
    measurements(dataset, study, version),
  ]);
  return featuresOf(words, rows);
}

export async function studyWords(studies: Studies, study: string): Promise<Words> {
  return wordsOf((await studies.spec(study)).study);
}

/** What a fit depends on: the rows, not when or in which order they were recorded, and the study's words. */
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
