/** Rows of a made-up study; a test names only what matters to it. */
import type { Row } from '../../src/dataset/tables';
import type { FitContext } from '../../src/predict/fit';

const identity = (variant_id: string, run_id: string) => ({
  study: 'made-up@1',
  variant_id,
  run_id,
  attempt: 1,
  recorded_at: new Date(0),
});

export function variantRow(
  id: string,
  config: Readonly<Record<string, unknown>> = {},
  changes: Partial<Row<'variants'>> = {},
): Row<'variants'> {
  return {
    ...identity(id, `${id}/pretrain`),
    config_json: JSON.stringify({ id, ...config }),
    fingerprint: id,
    ...changes,
  };
}

export function indicatorRow(
  id: string,
  indicator: string,
  value: number,
  changes: Partial<Row<'indicators'>> = {},
): Row<'indicators'> {
  return {
    ...identity(id, `${id}/indicate`),
    indicator,
    domain: null,
    value,
    stderr: null,
    n: null,
    ...changes,
  };
}

export function outcomeRow(
  id: string,
  task: string,
  value: number,
  changes: Partial<Row<'outcomes'>> = {},
): Row<'outcomes'> {
  return {
    ...identity(id, `${id}/evaluate/${task}/full/seed${changes.seed ?? 0}`),
    task,
    dataset: task,
    sft_recipe: 'full',
    seed: 0,
    metric: 'accuracy',
    value,
    stderr: null,
    n: null,
    ...changes,
  };
}

/** Variants "0", "1", ... with one indicator and one outcome on CMS each. */
export function rowsOf(
  indicator: string,
  numbers: readonly (readonly [predicted: number, outcome: number])[],
): {
  variants: Row<'variants'>[];
  indicators: Row<'indicators'>[];
  outcomes: Row<'outcomes'>[];
} {
  return {
    variants: numbers.map((_, i) => variantRow(String(i))),
    indicators: numbers.map(([value], i) => indicatorRow(String(i), indicator, value)),
    outcomes: numbers.map(([, value], i) => outcomeRow(String(i), 'cms', value)),
  };
}

export const CONTEXT: FitContext = {
  study: 'made-up@1',
  read_version: 7,
  fit_id: 'f00d',
  recorded_at: new Date(0),
};
