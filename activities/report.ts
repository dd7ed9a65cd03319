/** Ends a study's execution: writes the report and records how the study ended. */
import { log } from '@temporalio/activity';
import type { Artifacts } from '../src/artifacts/artifacts';
import type { Studies } from '../src/books/studies';
import type { ObjectStore } from '../src/dataset/store';
import type { BudgetDeps } from '../src/study/budget';
import { closeStudy, type ReportInput, type StudySummary } from '../src/study/close-study';
import { letGo } from '../src/study/retention';

export type { StudySummary } from '../src/study/close-study';

interface Deps extends BudgetDeps {
  readonly studies: Studies;
  readonly store: ObjectStore;
  readonly artifacts: Artifacts;
}

// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- inferred contract
export function createReportActivities(deps: Deps) {
  return {
    /** Renders the report and records the end of the study. */
    reportStudy(input: ReportInput): Promise<StudySummary> {
      const warn = (message: string, facts: object) => void log.warn(message, { ...facts });
      const rules = { ...deps, warn };
      return closeStudy({ ...deps, letGo: (study, plan) => letGo(rules, study, plan) }, input);
    },
  };
}
