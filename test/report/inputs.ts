/**
 * What reports are tested with: the published study, and a made-up trained one with a failed run.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { xoroshiro128plus } from 'pure-rand';
import { importRows } from '../../src/dataset/import-table';
import type { Row } from '../../src/dataset/tables';
import { BASE_VARIANT, studyId } from '../../src/domain/ids';
import type { Study } from '../../src/domain/schema';
import { defineStudy } from '../../src/domain/study';
import { wordsOf } from '../../src/domain/words';
import { featuresOf } from '../../src/predict/features';
import { fitAllPairs } from '../../src/predict/fit';
import type { ReportInput } from '../../src/report/input';
import * as preset from '../../presets/zeng2025';
import zeng2025 from '../../studies/zeng2025';
import { INDICATORS } from '../predict/words';

const NOW = new Date('2026-11-23T18:00:00Z');

/** Fits the rows and puts what every report has around them. */
export async function inputOf(
  study: Study,
  rows: Pick<ReportInput, 'variants' | 'indicators' | 'outcomes'> & Partial<ReportInput>,
): Promise<ReportInput> {
  const fits = await fitAllPairs(featuresOf(wordsOf(study), rows), {
    study: studyId(study),
    read_version: 41,
    fit_id: '0123456789abcdef',
    recorded_at: NOW,
  });
  return {
    study,
    dataset_version: 42,
    dataset_uri: 's3://foretune/main',
    generated_at: NOW,
    curves: [],
    runs: [],
    expenses: [],
    fits,
    learned: [],
    predictions: [],
    ...rows,
  };
}

export function publishedInput(): Promise<ReportInput> {
  const study = zeng2025;
  if (study.kind !== 'imported') throw new TypeError('zeng2025 is an imported study');
  const table = path.join(__dirname, '../../studies', study.table);
  return inputOf(study, {
    ...importRows(study, readFileSync(table, 'utf8'), NOW),
    runs: [runRow('', 'import', 'import')],
  });
}

const IDS = ['clm', 'sc', 'plm', 'sc+clm'].flatMap((objective) =>
  ['even', 'facts'].map((mixture) => ({ id: `${objective}-${mixture}`, objective, mixture })),
);
const MIXTURES = { even: { world: 0.5, prose: 0.5 }, facts: { world: 1 } } as const;
const sft = { lr: 0.002, steps: 60, batch: 32, train_items: 1024, test_items: 512 };

export const TRAINED_STUDY = defineStudy({
  kind: 'trained',
  name: 'made-up',
  description:
    'Four objectives on two mixtures, continued from one base; every number is invented.',
  recipe: 'jax',
  tasks: {
    cms: { ...preset.tasks.cms, sft },
    rag: { ...preset.tasks.rag, sft },
    cbqa: { ...preset.tasks.cbqa, sft },
  },
  indicators: preset.indicators,
  proxies: preset.proxies,
  baseline: preset.baseline,
  mixtures: MIXTURES,
  base: { objective: ['clm', 'sc'], mixture: 'even', lr: 0.004, train_tokens: 1_200_000 },
  variants: IDS.map((one) => ({ ...one, lr: 3e-3, train_tokens: 4e5 })),
  sft_seeds: [0, 1, 2],
});

/** `rename` gives each variant another name, to try hostile ones. */
export function trainedInput(rename: (id: string) => string = (id) => id): Promise<ReportInput> {
  const study = TRAINED_STUDY;
  if (study.kind !== 'trained') throw new TypeError('expected a trained study');
  const variants = IDS.map((variant) => ({ ...variant, id: rename(variant.id) }));
  const random = uniform();
  const failed = variants.at(-1)?.id ?? '';
  return inputOf(study, {
    variants: [
      variantRow(BASE_VARIANT, 'clm+sc', 'even'),
      ...variants.map((v) => variantRow(v.id, rename(v.objective), v.mixture)),
    ],
    indicators: variants.flatMap((v) => indicatorRows(v.id, random)),
    outcomes: variants.flatMap((v) => outcomeRows(v.id, v.id === failed, random)),
    curves: [BASE_VARIANT, ...variants.map((v) => v.id)].flatMap((id) => curveRows(id, random)),
    runs: [
      runRow(BASE_VARIANT, `${BASE_VARIANT}/pretrain`, 'pretrain'),
      ...variants.flatMap((v) => variantRuns(v.id, v.id === failed)),
    ],
  });
}

const TASKS = Object.keys(preset.tasks);

const identity = (variant_id: string, run_id: string) => ({
  study: studyId(TRAINED_STUDY),
  variant_id,
  run_id,
  attempt: 1,
  recorded_at: NOW,
});

function variantRow(id: string, objective: string, mixture: string): Row<'variants'> {
  const config = { objective, mixture, lr: 3e-3, train_tokens: 4e5 };
  return {
    ...identity(id, `${id}/pretrain`),
    config_json: JSON.stringify({ id, ...config, weights: { world: 1 } }),
    fingerprint: id,
  };
}

function indicatorRows(id: string, random: () => number): Row<'indicators'>[] {
  return INDICATORS.flatMap((indicator, k) => {
    const row = { ...identity(id, `${id}/indicate`), indicator, domain: null, n: 256 };
    const value = (k < 2 ? 0.05 : 0.2) + 0.2 * random();
    return [
      { ...row, value, stderr: 0.01 + 0.01 * random() },
      ...(k < 2 ? [{ ...row, domain: 'code', value: value / 2, stderr: null }] : []),
    ];
  });
}

function outcomeRows(id: string, isFailed: boolean, random: () => number): Row<'outcomes'>[] {
  return TASKS.flatMap((task) => {
    if (isFailed && task === 'cbqa') return [];
    const level = 0.3 + 0.5 * random();
    return [0, 1, 2].map((seed) => ({
      ...identity(id, `${id}/evaluate/${task}/full/seed${seed}`),
      task,
      dataset: task,
      sft_recipe: 'full',
      seed,
      metric: 'accuracy',
      value: level + 0.03 * random(),
      stderr: 0.02,
      n: 512,
    }));
  });
}

function curveRows(id: string, random: () => number): Row<'curves'>[] {
  const offset = random() / 2;
  return Array.from({ length: 80 }, (_, step) => ({
    ...identity(id, `${id}/pretrain`),
    step,
    tokens: step * 5120,
    metric: 'loss',
    domain: null,
    value: 2.5 + offset + 4 * Math.exp(-step / 12) + 0.1 * random(),
  }));
}

function variantRuns(id: string, isFailed: boolean): Row<'runs'>[] {
  const tuned = TASKS.flatMap((task) =>
    ['sft', 'evaluate'].map((stage) => runRow(id, `${id}/${stage}/${task}/full/seed0`, stage)),
  );
  const runs = [runRow(id, `${id}/pretrain`, 'pretrain'), ...tuned];
  const failure: Partial<Row<'runs'>> = {
    status: 'failed',
    failure_class: 'out_of_memory',
    attempt: 2,
    error: `recipe exited with code 137\n  File "train.py", line 12\nMemoryError: <b>"${id}"</b> & more`,
  };
  return isFailed
    ? runs.map((run) => (run.run_id.includes('/cbqa/') ? { ...run, ...failure } : run))
    : runs;
}

function runRow(variant_id: string, run_id: string, stage: string): Row<'runs'> {
  return {
    ...identity(variant_id, run_id),
    stage,
    task: null,
    fingerprint: 'f',
    values_json: '{}',
    recipe: 'jax',
    recipe_version: '1',
    source_digest: '',
    cluster: stage === 'import' ? '' : 'local',
    job: '',
    external_id: '',
    status: 'done',
    failure_class: null,
    error: null,
    started_at: null,
    ended_at: null,
    wall_seconds: stage === 'import' ? null : 12.34,
    cpu_seconds: null,
    gpu_seconds: null,
    max_rss_bytes: null,
    cost: null,
  };
}

function uniform(): () => number {
  const rng = xoroshiro128plus(1);
  return () => (rng.unsafeNext() >>> 0) / 2 ** 32;
}
