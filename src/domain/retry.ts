/** Which runs of a study are retried by request. Pure. */
import { SpecError } from '../base/errors';
import { nearest } from '../base/explain';
import { FAILURE_CLASSES, type FailureClass } from './vocabulary';

export interface RetryChoice {
  /** Run ids. */
  readonly runs?: readonly string[];
  /** All runs that failed or were cancelled. */
  readonly failed?: boolean;
  /** All runs that failed with this class. */
  readonly failure_class?: FailureClass;
}

export interface RunState {
  readonly status: string;
  readonly failure_class: string | null;
}

/** Throws SpecError for a run that did not fail, and if no run is left. */
export function chooseRuns(
  study: string,
  statuses: ReadonlyMap<string, RunState>,
  { runs = [], failed = false, failure_class }: RetryChoice,
): string[] {
  if (!runs.length && !failed && !failure_class)
    throw new SpecError(
      'No runs to retry were given: expected names of runs, --failed, or --class <class>.',
    );
  for (const run of runs) refuseOther(study, run, statuses);
  const chosen = [...statuses].filter(
    ([run, one]) =>
      runs.includes(run) ||
      (hasFailed(one) && (failed || one.failure_class === failure_class) && !runs.length),
  );
  if (chosen.length) return chosen.map(([run]) => run);
  const what = failure_class ? `failed with class ${failure_class}` : 'failed';
  throw new SpecError(`No run of study "${study}" ${what}: there is nothing to retry.`);
}

function hasFailed({ status }: RunState): boolean {
  return status === 'failed' || status === 'cancelled';
}

function refuseOther(study: string, run: string, statuses: ReadonlyMap<string, RunState>): void {
  const status = statuses.get(run)?.status;
  if (status === undefined) {
    const guess = nearest(run, [...statuses.keys()]);
    throw new SpecError(
      `Study "${study}" has no run "${run}".${guess ? ` Did you mean "${guess}"?` : ''} \`npx foretune status ${study} --runs\` lists them.`,
    );
  }
  if (status === 'failed' || status === 'cancelled' || status === 'blocked') return;
  throw new SpecError(
    `Run "${run}" is ${status}: only runs that failed, were cancelled or are blocked can be retried. To repeat a stage: npx foretune resume ${study} --from <stage>`,
  );
}

/** `oom` is short for `out_of_memory`. Throws SpecError for an unknown class. */
export function parseFailureClass(text: string): FailureClass {
  const found = FAILURE_CLASSES.find((name) => name === (text === 'oom' ? 'out_of_memory' : text));
  if (found) return found;
  throw new SpecError(`"${text}" is not a failure class. Known: ${FAILURE_CLASSES.join(', ')}.`);
}
