/**
 * A study as a zod schema: the data dictionary of study files. The files of jobs are in job-schema.ts.
 * Parsed at the edges (command line, activities); workflows import only the types. Fields that only a
 * recipe knows are checked against the recipe's manifest (stage-config.ts), not here.
 */
import { z } from 'zod';
import { ColumnsSchema } from './columns-schema';
import { BudgetSchema, FineTuneSchema, RetrySchema } from './limits-schema';
import { RECIPE_STAGES } from './manifest';
import { count, slug, term } from './names';
import { VariantSchema } from './variant-schema';
import { FAILURE_CLASSES } from './vocabulary';
import { IndicatorsSchema, ProxiesSchema, TasksSchema } from './words-schema';

export { ColumnsSchema, type Columns } from './columns-schema';
export * from './limits-schema';
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

export type Study = TrainedStudy | ImportedStudy;
export type StudyInput = z.input<typeof TrainedStudySchema> | z.input<typeof ImportedStudySchema>;

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

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
