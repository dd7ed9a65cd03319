/** Fits the proxies of a study to its recorded measurements. */
import type { Dataset } from '../src/dataset/log';
import type { Studies } from '../src/books/studies';
import { fitStudy, type FitSummary } from '../src/study/fit-study';

interface Deps {
  readonly dataset: Dataset;
  readonly studies: Studies;
}

// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- inferred contract
export function createFitActivities(deps: Deps) {
  return {
    fitStudy: ({ study }: { readonly study: string }): Promise<FitSummary> => fitStudy(deps, study),
  };
}
