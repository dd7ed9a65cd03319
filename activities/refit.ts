/** Parts of a scheduled re-fit other than the fits themselves. */
import { Context } from '@temporalio/activity';
import type { ObjectStore } from '../src/dataset/store';
import type { Books } from '../src/study/features';
import type { FitSummary } from '../src/study/fit-study';
import { fitLearned, type LearnSettings } from '../src/study/learned-fits';
import type { StartLearning } from '../src/study/learning';
import {
  recordedFits,
  reportDrift,
  type DriftInput,
  type DriftSummary,
  type RecordedFits,
} from '../src/study/refit';
import { buildReport } from '../src/study/build-report';

export type { DriftSummary, RecordedFits } from '../src/study/refit';
export type { StartLearning } from '../src/study/learning';

interface Deps extends Books {
  readonly store: ObjectStore;
  readonly startLearning: StartLearning;
}

const HEARTBEAT_MS = 2000;

// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- inferred contract
export function createRefitActivities(deps: Deps) {
  return {
    recordedFits: ({ study }: { readonly study: string }): Promise<RecordedFits> =>
      recordedFits(deps, study),

    /** As `foretune fit` with the same settings; does nothing when the rows have not changed. */
    async fitLearnedAgain(input: {
      readonly study: string;
      readonly settings_json: string;
    }): Promise<FitSummary> {
      const settings = JSON.parse(input.settings_json) as LearnSettings; // Written by this program.
      const activity = Context.current();
      const beat = setInterval(() => activity.heartbeat(), HEARTBEAT_MS);
      const learning = deps.startLearning(settings.learners, activity.cancellationSignal);
      try {
        const known = { study: input.study, settings };
        const { fit_id, dataset_version, fitted } = await fitLearned(deps, known, learning);
        return { fit_id, dataset_version, fitted };
      } finally {
        clearInterval(beat);
        await learning.close();
      }
    },

    reportDrift: (input: DriftInput): Promise<DriftSummary> => reportDrift(deps, input),

    /** Rewrites the study's report with the newest fits; the rest of its books does not change. */
    async refreshReport({ study }: { readonly study: string }): Promise<number> {
      await deps.studies.saveReport(study, await buildReport(deps, study));
      return deps.dataset.version();
    },
  };
}
