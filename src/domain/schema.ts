/**
 * A study as a zod schema: the data dictionary of study files. The files of jobs are in job-schema.ts.
 * Parsed at the edges (command line, activities); workflows import only the types. Fields that only a
 * recipe knows are checked against the recipe's manifest (stage-config.ts), not here.
 */
import { z } from 'zod';
import { RECIPE_STAGES } from './manifest';
import { count, slug, term } from './names';
import { isRegistered, VariantSchema } from './variant-schema';
import { FAILURE_CLASSES } from './vocabulary';
import { IndicatorsSchema, ProxiesSchema, TasksSchema } from './words-schema';

export { ConfigurationSchema, VariantSchema, type Variant } from './variant-schema';
export { count, slug, variantId } from './names';
export type { SftEntry, Task } from './words-schema';

export const MixtureSchema = z
  .record(z.string().min(1), z.number().nonnegative())
  .refine((weights) => Math.abs(sum(Object.values(weights)) - 1) <= 1e-6, {
    error: ({ input }) =>
      `the weights sum to ${sum(Object.values(input as object))}, expected 1; rescale them`,
  })
  .describe('Sampling weight of each text domain; weights sum to 1');
export type Mixture = z.infer<typeof MixtureSchema>;

export const FineTuneSchema = z
  .strictObject({
    top: count.optional().describe('Number of variants to fine-tune'),
    gpu_hours: z
      .number()
      .positive()
      .optional()
      .describe('GPU-hours to spend on fine-tuning; wall-clock hours if no GPU time is recorded'),
    batch: count
      .max(1000)
      .default(4)
      .describe('Variants selected per round; the proxy is refitted after each round'),
    explore: z
      .number()
      .min(0)
      .max(1)
      .default(0.2)
      .describe('Probability that a variant is selected at random'),
    task: term
      .optional()
      .describe(
        'The task to optimize; default: the mean of the standardized outcomes of all tasks',
      ),
    predictor: z
      .string()
      .min(1)
      .default('pairwise')
      .describe(
        'What selects the variants: the name of a predictor, or the path of a file that defines one',
      ),
  })
  .refine(({ top, gpu_hours }) => (top === undefined) !== (gpu_hours === undefined), {
    error: 'expected exactly one of `top` and `gpu_hours`',
  });
export type FineTune = z.infer<typeof FineTuneSchema>;

const limit = z.number().positive().optional();

export const BudgetSchema = z
  .strictObject({
    gpu_hours: limit.describe('GPU-hours of all jobs; wall-clock hours on a cluster without GPUs'),
    cost: limit.describe('Cost of all jobs, in the currency of the prices of the cluster'),
    wall_hours: limit.describe('Hours since this execution of the study started'),
  })
  .refine((budget) => Object.values(budget).some((value) => value !== undefined), {
    error: 'expected at least one of `gpu_hours`, `cost` and `wall_hours`',
  });
export type Budget = z.infer<typeof BudgetSchema>;

export const RetrySchema = z.strictObject({
  times: z.number().int().nonnegative().describe('Number of retries'),
  pause_seconds: z
    .number()
    .nonnegative()
    .default(5)
    .describe('Delay before the first retry; doubled before each further one, up to ten minutes'),
});
export type Retry = z.infer<typeof RetrySchema>;

const studyFields = {
  name: slug.describe('Name of the study; together with `version` its identity'),
  version: count.default(1).describe('Raise it when the configuration changes'),
  description: z.string().default('').describe('One or two sentences for the report'),
  citation: z.string().default('').describe('Source of published numbers'),
  tasks: TasksSchema,
  indicators: IndicatorsSchema.optional(),
  proxies: ProxiesSchema.default({}),
  baseline: term
    .optional()
    .describe('The indicator that all other predictors are compared with, such as perplexity'),
  window: count.max(1000).default(4).describe('Maximum number of variants in progress'),
};

const column = z.string().describe('Name of a column in the header');

const OutcomeColumnSchema = z.strictObject({
  value: column,
  stderr: column.optional(),
  n: column.optional(),
  sft_recipe: term.optional().describe('The SFT recipe of these outcomes'),
  seed: z.number().int().nonnegative().default(0).describe('The seed of these outcomes'),
});

const IndicatorColumnSchema = z.strictObject({
  value: column,
  stderr: column.optional(),
  n: column.optional(),
});

export const ColumnsSchema = z
  .strictObject({
    variant_id: z.string().describe('Column with the variant ids'),
    config: z
      .record(z.string().min(1), column)
      .default({})
      .describe('Configuration field -> column; weights.web is the field web of weights'),
    indicators: z
      .record(term, z.union([column, IndicatorColumnSchema]))
      .default({})
      .describe('Indicator -> column; an empty cell means not measured yet'),
    outcomes: z
      .record(term, z.union([column, OutcomeColumnSchema, z.array(OutcomeColumnSchema).min(1)]))
      .default({})
      .describe('Task -> column; an empty cell means not fine-tuned yet'),
  })
  .describe("The columns of the table that hold the study's values");
export type Columns = z.infer<typeof ColumnsSchema>;

const section = (what: string) => z.record(z.string(), z.unknown()).default({}).describe(what);

const StageSchema = z.strictObject({
  recipe: slug.optional().describe("The recipe of the stage; default: the study's"),
  cluster: slug.optional().describe("The cluster of the stage; default: the study's"),
});

export const TrainedStudySchema = z.strictObject({
  kind: z.literal('trained'),
  ...studyFields,
  seed: z
    .number()
    .int()
    .nonnegative()
    .default(0)
    .describe('Pre-training seed of variants without a `seed` of their own'),
  recipe: slug.describe('Name of a recipe in temporal.config.ts'),
  cluster: slug.default('local').describe('Name of a cluster in temporal.config.ts'),
  stages: z
    .partialRecord(z.enum(RECIPE_STAGES), StageSchema)
    .default({})
    .describe('Stages that use another recipe or cluster'),
  model: section('The model to train; the recipe defines the fields'),
  settings: section('Settings that several stages read; the recipe defines the fields'),
  mixtures: z.record(slug, MixtureSchema).default({}).describe('Named data mixtures'),
  base: z
    .looseObject({})
    .optional()
    .describe('Shared checkpoint from which every variant continues; same fields as a variant'),
  variants: z.array(VariantSchema).min(1).describe('The checkpoints to compare'),
  table: z
    .string()
    .optional()
    .describe(
      'CSV file of additional variants whose results are already known, relative to the study file',
    ),
  columns: ColumnsSchema.optional(),
  pretrain: section('Pre-training settings of all variants'),
  indicate: section('How the indicators are measured'),
  evaluate: section('How fine-tuned checkpoints are evaluated'),
  sft_seeds: z
    .array(z.number().int().nonnegative())
    .min(1)
    .default([0])
    .describe('One fine-tuning run for each seed'),
  budget: BudgetSchema.optional().describe(
    'When a limit is reached, jobs are stopped, and the study is fitted and reported with the results so far',
  ),
  retries: z
    .partialRecord(z.enum(FAILURE_CLASSES), RetrySchema)
    .default({})
    .describe('Number of retries after a failure of each class, where it differs from the default'),
  keep_checkpoints: z
    .enum(['none', 'base', 'pretrained', 'all'])
    .optional()
    .describe(
      'Checkpoints are uploaded to the object store, and these are kept there when the study is done; default: checkpoints stay where jobs write them',
    ),
  fine_tune: FineTuneSchema.optional().describe(
    'Measure all variants first, then fine-tune only those that a predictor selects, round by round; default: fine-tune all',
  ),
});
export type TrainedStudy = z.infer<typeof TrainedStudySchema>;

export const ImportedStudySchema = z.strictObject({
  kind: z.literal('imported'),
  ...studyFields,
  table: z.string().describe('CSV file with one row per variant, relative to the study file'),
  columns: ColumnsSchema,
});
export type ImportedStudy = z.infer<typeof ImportedStudySchema>;

export const StudySchema = z
  .discriminatedUnion('kind', [TrainedStudySchema, ImportedStudySchema])
  .superRefine((study, ctx) => {
    refineWords(study, ctx);
    if (study.kind === 'trained') refineTrained(study, ctx);
    const imported = tableOf(study);
    if (imported) refineColumns(imported, ctx);
  });
export type Study = z.infer<typeof StudySchema>;
export type StudyInput = z.input<typeof StudySchema>;

/** The table of an imported study, or of a trained study with additional variants. */
export type Tabled = Pick<
  ImportedStudy,
  'name' | 'version' | 'tasks' | 'indicators' | 'table' | 'columns'
>;

/** Null for a study without a table. */
export function tableOf(study: Study): Tabled | null {
  const { name, version, tasks, indicators, table, columns } = study;
  return table === undefined || columns === undefined
    ? null
    : { name, version, tasks, indicators, table, columns };
}

type Fail = (path: (string | number)[], message: string) => void;

function failer(ctx: z.RefinementCtx): Fail {
  return (path, message) => ctx.addIssue({ code: 'custom', path, message });
}

function refineWords(study: Study, ctx: z.RefinementCtx): void {
  const { indicators, proxies, baseline, tasks } = study;
  if (!indicators) return;
  const fail = failer(ctx);
  const known = Object.keys(indicators).join(', ');
  const check = (path: (string | number)[], name: string | undefined) => {
    if (name !== undefined && !indicators[name])
      fail(path, `"${name}" is not an indicator of the study: ${known}`);
  };
  for (const [name, { terms }] of Object.entries(proxies)) {
    for (const one of Object.keys(terms)) check(['proxies', name, 'terms', one], one);
    if (indicators[name])
      fail(['proxies', name], `"${name}" is also the name of an indicator; choose another name`);
  }
  check(['baseline'], baseline);
  for (const [name, task] of Object.entries(tasks))
    check(['tasks', name, 'indicator'], task.indicator);
}

function refineTrained(study: TrainedStudy, ctx: z.RefinementCtx): void {
  const fail = failer(ctx);
  refineVariants(study, fail);
  if ((study.table === undefined) !== (study.columns === undefined))
    fail(['table'], 'expected `table` and `columns` together, or neither');
  if (study.variants.length < 2 && study.table === undefined)
    fail(['variants'], 'expected at least 2 variants, since variants are compared in pairs');
  const mixture = study.base?.mixture;
  if (typeof mixture === 'string' && !study.mixtures[mixture])
    fail(['base', 'mixture'], noMixture(study, mixture));
  for (const [name, task] of Object.entries(study.tasks))
    if (!task.sft)
      fail(['tasks', name, 'sft'], `task "${name}" has no fine-tuning settings; add \`sft\``);
  const target = study.fine_tune?.task;
  if (target && !study.tasks[target])
    fail(
      ['fine_tune', 'task'],
      `"${target}" is not a task of the study: ${Object.keys(study.tasks).join(', ')}`,
    );
}

function refineVariants(study: TrainedStudy, fail: Fail): void {
  const seen = new Set<string>();
  study.variants.forEach((variant, i) => {
    if (variant.id === 'base')
      fail(['variants', i, 'id'], '"base" is the id of the shared checkpoint; choose another id');
    if (seen.has(variant.id))
      fail(['variants', i, 'id'], `variant "${variant.id}" is listed twice`);
    seen.add(variant.id);
    const { mixture } = variant;
    if (!isRegistered(variant) && typeof mixture === 'string' && !study.mixtures[mixture])
      fail(['variants', i, 'mixture'], noMixture(study, mixture));
  });
}

function refineColumns({ tasks, indicators, columns }: Tabled, ctx: z.RefinementCtx): void {
  const fail = failer(ctx);
  for (const name of Object.keys(columns.outcomes))
    if (!tasks[name])
      fail(
        ['columns', 'outcomes', name],
        `"${name}" is not a task of the study: ${Object.keys(tasks).join(', ')}`,
      );
  for (const name of Object.keys(columns.indicators))
    if (indicators && !indicators[name])
      fail(
        ['columns', 'indicators', name],
        `"${name}" is not an indicator of the study: ${Object.keys(indicators).join(', ')}`,
      );
}

function noMixture(study: TrainedStudy, name: string): string {
  return `mixture "${name}" is not one of ${Object.keys(study.mixtures).join(', ') || '(none)'}`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
