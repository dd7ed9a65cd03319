/** Which runs of a study are tried again by request. Pure. */
import { SpecError } from '../base/errors';
import { nearest } from '../base/explain';
import { FAILURE_CLASSES, type FailureClass } from './vocabulary';

export interface RetryChoice {
  /** Run ids. */
  readonly runs?: readonly string[];
  /** All that failed or were cancelled. */
  readonly failed?: boolean;
  /** All that failed in this way. */
  readonly failure_class?: FailureClass;
}

export interface Standing {
  readonly status: string;
  readonly failure_class: string | null;
}

/** Throws SpecError for a run that did not fail, and where none is left. */
export function chooseRuns(
  study: string,
  standing: ReadonlyMap<string, Standing>,
  { runs = [], failed = false, failure_class }: RetryChoice,
): string[] {
  if (!runs.length && !failed && !failure_class)
    throw new SpecError('Say what to try again: names of runs, --failed, or --class <class>.');
  for (const run of runs) refuseOther(study, run, standing);
  const chosen = [...standing].filter(
    ([run, one]) =>
      runs.includes(run) ||
      (hasFailed(one) && (failed || one.failure_class === failure_class) && !runs.length),
  );
  if (chosen.length) return chosen.map(([run]) => run);
  const what = failure_class ? `failed by ${failure_class}` : 'failed';
  throw new SpecError(`No run of study "${study}" ${what}: there is nothing to try again.`);
}

function hasFailed({ status }: Standing): boolean {
  return status === 'failed' || status === 'cancelled';
}

function refuseOther(study: string, run: string, standing: ReadonlyMap<string, Standing>): void {
  const status = standing.get(run)?.status;
  if (status === undefined) {
    const guess = nearest(run, [...standing.keys()]);
    throw new SpecError(
      `Study "${study}" has no run "${run}".${guess ? ` Did you mean "${guess}"?` : ''} \`npx foretune status ${study} --runs\` lists them.`,
    );
  }
  if (status === 'failed' || status === 'cancelled' || status === 'blocked') return;
  throw new SpecError(
    `Run "${run}" is ${status}: only what failed, was cancelled or blocked is tried again. To do a stage again by choice: npx foretune resume ${study} --from <stage>`,
  );
}

/** `oom` stands for `out_of_memory`. Throws SpecError for a class that is none. */
export function parseFailureClass(text: string): FailureClass {
  const found = FAILURE_CLASSES.find((name) => name === (text === 'oom' ? 'out_of_memory' : text));
  if (found) return found;
  throw new SpecError(`"${text}" is no failure class. Known: ${FAILURE_CLASSES.join(', ')}.`);
}
