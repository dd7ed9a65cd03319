/** Fits the predictors of a study that are not trained to its recorded measurements. */
import type { Books } from '../src/study/features';
import { fitStudy, type FitSummary } from '../src/study/fit-study';

export type { FitSummary } from '../src/study/fit-study';

// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- inferred contract
export function createFitActivities(books: Books) {
  return {
    fitStudy: ({ study }: { readonly study: string }): Promise<FitSummary> =>
      fitStudy(books, study),
  };
}
