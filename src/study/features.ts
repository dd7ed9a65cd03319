/** The features of a study, from the record. */
import type { Studies } from '../books/studies';
import type { Dataset } from '../dataset/log';
import { wordsOf, type Words } from '../domain/words';
import type { FeatureTable } from '../predict/feature-table';
import { featuresOf } from '../predict/features';
import { measurements } from './measurements';

export interface Books {
  readonly dataset: Dataset;
  readonly studies: Studies;
}

/** Uses today's labels and directions of the study, whatever the dataset version. */
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
