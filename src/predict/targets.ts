/** Targets of prediction: the outcomes on one task, in one metric, after one SFT recipe. */
import type { Row } from '../dataset/tables';
import type { Measure, TaskWords } from '../domain/words';
import { latestOutcomes, mapGroups, mean, type ByVariant } from './measurements';

type Outcome = Row<'outcomes'>;

export interface Target extends Measure {
  readonly task: string;
  readonly metric: string;
  /** Null while no outcome is recorded. */
  readonly sft_recipe: string | null;
  /** The indicator that measures this task before fine-tuning, if there is one. */
  readonly indicator: string | null;
  /** Oriented so that higher is better: mean over seeds within each dataset, then over datasets. */
  readonly outcomes: ByVariant;
  /** For variants all of whose scores have a standard error. */
  readonly stderr: ByVariant;
  /** Number of items of all datasets, if every score has it. */
  readonly n: ByVariant;
  /** The scores from which the outcomes are computed, as measured. */
  readonly rows: readonly Outcome[];
}

/** The measured number, for one that was turned. */
export function rawValue({ better }: Pick<Measure, 'better'>, value: number): number {
  return better === 'lower' ? -value : value;
}

/** Uses rows of the compared variants only; outcomes in other metrics are another target. */
export function targetsOf(
  tasks: readonly TaskWords[],
  rows: readonly Outcome[],
): ReadonlyMap<string, Target> {
  const scores = mapGroups(
    latestOutcomes(rows),
    ({ task }) => task,
    (group) => group,
  );
  const targets = tasks.flatMap((task) => targetsOfTask(task, scores.get(task.name) ?? []));
  return new Map(targets.map((target) => [target.name, target]));
}

function targetsOfTask(task: TaskWords, rows: readonly Outcome[]): Target[] {
  const scores = rows.filter(({ metric }) => metric === task.metric);
  const recorded = [...new Set(scores.map(({ sft_recipe }) => sft_recipe))];
  const recipes = task.sft_recipes.length ? task.sft_recipes : recorded;
  if (!recipes.length) return [targetOf(task, null, task.name, [])];
  return recipes.map((recipe) => {
    const name = recipes.length === 1 ? task.name : `${task.name}/${recipe}`;
    return targetOf(
      task,
      recipe,
      name,
      scores.filter(({ sft_recipe }) => sft_recipe === recipe),
    );
  });
}

function targetOf(
  { name: task, label, better, metric, indicator }: TaskWords,
  sft_recipe: string | null,
  name: string,
  rows: readonly Outcome[],
): Target {
  const words = name === task ? label : `${label}, ${sft_recipe}`;
  const means = overDatasets(rows, ({ value }) => value, mean);
  const squares = overDatasets(rows, ({ stderr }) => stderr && stderr ** 2, meanVariance);
  return {
    ...{ name, label: words, better, task, metric, sft_recipe, indicator, rows },
    outcomes: new Map([...means].map(([id, value]) => [id, rawValue({ better }, value)])),
    stderr: new Map([...squares].map(([id, value]) => [id, Math.sqrt(value)])),
    n: overDatasets(rows, ({ n }) => n, sum),
  };
}

/** Combines the means over seeds of each dataset's number; a variant needs all datasets. */
function overDatasets(
  rows: readonly Outcome[],
  number: (row: Outcome) => number | null,
  together: (values: readonly number[]) => number,
): Map<string, number> {
  const datasets = [...mapGroups(rows, ({ dataset }) => dataset, byVariant).values()];
  const ids = [...new Set(rows.map(({ variant_id }) => variant_id))];
  const complete = ids.filter((id) => datasets.every((means) => means.has(id)));
  return new Map(
    complete.map((id) => [id, together(datasets.map((means) => means.get(id) ?? NaN))]),
  );

  function byVariant(group: readonly Outcome[]): ByVariant {
    const values = mapGroups(
      group,
      ({ variant_id }) => variant_id,
      (own) => own.map(number),
    );
    return new Map(
      [...values].flatMap(([id, own]) =>
        own.every((value) => value !== null) ? [[id, mean(own)] as const] : [],
      ),
    );
  }
}

/** Seeds have the same items, datasets different ones. */
function meanVariance(squares: readonly number[]): number {
  return sum(squares) / squares.length ** 2;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
