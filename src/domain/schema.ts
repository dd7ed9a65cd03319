/**
 * Every noun of foretune as a zod schema: the data dictionary. Parsed at the edges (command line,
 * activities, recipe results); workflows import only the types. The JSON Schema that
 * `foretune schema` prints is generated from here.
 */
import { z } from 'zod';
import { HuggingFaceSchema } from './hugging-face';
import { refineHuggingFace } from './refine-hugging-face';
import { DOMAINS, FAILURE_CLASSES, INDICATORS, OBJECTIVES, STAGES, TASKS } from './vocabulary';

const slug = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and dashes');
const count = z.number().int().positive();

/** Any text without control characters: imported variants keep the names their authors gave. */
const variantId = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[^\p{Cc}]+$/u, 'a name without control characters');

export const ModelSchema = z.strictObject({
  layers: count.default(2).describe('Transformer blocks'),
  width: count.default(64).describe('Residual width; must divide by `heads`'),
  heads: count.default(4).describe('Attention heads'),
  context: count.default(64).describe('Longest sequence, tokens'),
  vocabulary: count.default(1536).describe('Size of the BPE vocabulary, special tokens included'),
});

export const MixtureSchema = z
  .partialRecord(z.enum(DOMAINS), z.number().nonnegative())
  .refine((weights) => Math.abs(sum(Object.values(weights)) - 1) <= 1e-6, {
    error: ({ input }) =>
      `the weights sum to ${sum(Object.values(input as object))}, expected 1; scale them`,
  })
  .describe('Sampling weight of each text domain; weights sum to 1');
export type Mixture = z.infer<typeof MixtureSchema>;

const ALL_LENGTHS = 'all';

const trainingFields = {
  objective: z.enum(OBJECTIVES).describe('What pre-training predicts'),
  mixture: z.string().describe("Name of one of the study's mixtures"),
  lr: z.number().positive().describe('Peak pre-training learning rate'),
  train_tokens: count.describe('Tokens seen in this stage of pre-training'),
  tag: z
    .boolean()
    .default(false)
    .describe('Whether every document begins with a tag of its domain, such as [news]'),
  length_filter: z
    .string()
    .refine(isLengthFilter, 'expected all, or two rising percentages such as 25-75')
    .default(ALL_LENGTHS)
    .describe(
      'all, or two percentages such as 25-75: documents whose length in tokens lies between these quantiles of their domain',
    ),
};

function isLengthFilter(text: string): boolean {
  const [, low, high] = /^(\d{1,2})-(\d{1,3})$/.exec(text) ?? [];
  return text === ALL_LENGTHS || (Number(low) < Number(high) && Number(high) <= 100);
}

export const BaseSchema = z.strictObject({
  objectives: z
    .array(z.enum(OBJECTIVES))
    .min(1)
    .describe('Objectives mixed in equal parts, so that the base has seen every format'),
  mixture: trainingFields.mixture,
  lr: trainingFields.lr,
  train_tokens: trainingFields.train_tokens,
  tag: trainingFields.tag,
  length_filter: trainingFields.length_filter,
});

export const VariantSchema = z.strictObject({
  id: variantId.describe('Unique in the study'),
  ...trainingFields,
});
export type Variant = z.infer<typeof VariantSchema>;

export const SftSchema = z.strictObject({
  recipe: slug.default('full').describe('Name of the SFT recipe; `full` trains every weight'),
  lr: z.number().positive().describe('Peak fine-tuning learning rate'),
  steps: count.describe('Optimiser steps'),
  batch: count.describe('Items per step'),
  train_items: count.describe('Size of the fine-tuning set'),
  test_items: count.describe('Size of the test set, disjoint from the fine-tuning set'),
});

export const FineTuneSchema = z
  .strictObject({
    top: count.optional().describe('Fine-tune so many variants'),
    gpu_hours: z
      .number()
      .positive()
      .optional()
      .describe(
        'Fine-tune for so many GPU-hours; hours by the clock where no GPU time is recorded',
      ),
    batch: count
      .max(1000)
      .default(4)
      .describe('Variants chosen at once; then the proxy is refitted'),
    explore: z
      .number()
      .min(0)
      .max(1)
      .default(0.2)
      .describe('The chance of each choice to be drawn at random'),
    task: z
      .enum(TASKS)
      .optional()
      .describe('The task to be good at; without it the mean of the standardised outcomes of all'),
  })
  .refine(({ top, gpu_hours }) => (top === undefined) !== (gpu_hours === undefined), {
    error: 'expected exactly one of `top` and `gpu_hours`',
  });
export type FineTune = z.infer<typeof FineTuneSchema>;

const limit = z.number().positive().optional();

export const BudgetSchema = z
  .strictObject({
    gpu_hours: limit.describe('GPU-hours of all jobs; by the clock on a cluster without GPUs'),
    cost: limit.describe('Cost of all jobs, in the currency of `price_per_hour` of the cluster'),
    wall_hours: limit.describe('Hours since this execution of the study was started'),
  })
  .refine((budget) => Object.values(budget).some((value) => value !== undefined), {
    error: 'expected at least one of `gpu_hours`, `cost` and `wall_hours`',
  });
export type Budget = z.infer<typeof BudgetSchema>;

export const RetrySchema = z.strictObject({
  times: z.number().int().nonnegative().describe('Tries after the first'),
  pause_seconds: z
    .number()
    .nonnegative()
    .default(5)
    .describe('Before the first new try; doubled before each further one, up to ten minutes'),
});
export type Retry = z.infer<typeof RetrySchema>;

const studyFields = {
  name: slug.describe('Name of the study; with `version` its identity'),
  version: count.default(1).describe('Raised when the configuration changes'),
  description: z.string().default('').describe('One or two sentences for the report'),
  citation: z.string().default('').describe('Source of published numbers'),
  tasks: z.array(z.enum(TASKS)).min(1).describe('Downstream task families'),
  window: count.max(1000).default(4).describe('Variants in flight at once'),
};

export const TrainedStudySchema = z.strictObject({
  kind: z.literal('trained'),
  ...studyFields,
  seed: z
    .number()
    .int()
    .nonnegative()
    .default(0)
    .describe('Decides every random choice of training'),
  recipe: slug.default('jax').describe('Name of a recipe in temporal.config.ts'),
  cluster: slug.default('local').describe('Name of a cluster in temporal.config.ts'),
  model: ModelSchema.prefault({}).describe('Architecture shared by all variants'),
  hugging_face: HuggingFaceSchema.optional().describe(
    'For the Hugging Face recipe: the checkpoint that is continued, in place of `model`, and its data',
  ),
  mixtures: z.record(slug, MixtureSchema).describe('Named data mixtures'),
  base: BaseSchema.optional().describe('Shared checkpoint that every variant continues'),
  variants: z.array(VariantSchema).min(2).describe('Pre-training configurations to compare'),
  indicate: z
    .strictObject({
      dev_tokens: count.default(16384).describe('Tokens of development text per perplexity'),
      items: count.default(256).describe('Items per k-shot score'),
    })
    .prefault({})
    .describe('How the indicators are measured'),
  sft: z.partialRecord(z.enum(TASKS), SftSchema).describe('Fine-tuning settings of each task'),
  sft_seeds: z
    .array(z.number().int().nonnegative())
    .min(1)
    .default([0])
    .describe('One fine-tuning run for each'),
  budget: BudgetSchema.optional().describe(
    'At its limit jobs are ended, and the study is fitted and reported with what is there',
  ),
  retries: z
    .partialRecord(z.enum(FAILURE_CLASSES), RetrySchema)
    .default({})
    .describe(
      'How often a job is tried again after a failure of each class, where not the default',
    ),
  fine_tune: FineTuneSchema.optional().describe(
    'Measure all variants first, then fine-tune only those that a proxy chooses, round by round; absent: all',
  ),
});
export type TrainedStudy = z.infer<typeof TrainedStudySchema>;

export const ImportedStudySchema = z.strictObject({
  kind: z.literal('imported'),
  ...studyFields,
  table: z.string().describe('CSV of one row a variant, relative to the study file'),
  columns: z
    .strictObject({
      variant_id: z.string().describe('Column that names the variant'),
      config: z.record(z.string(), z.string()).describe('Configuration field -> column'),
      indicators: z.partialRecord(z.enum(INDICATORS), z.string()).describe('Indicator -> column'),
      outcomes: z.partialRecord(z.enum(TASKS), z.string()).describe('Task -> column'),
    })
    .describe("Where the study's numbers stand in the table"),
});
export type ImportedStudy = z.infer<typeof ImportedStudySchema>;

export const StudySchema = z
  .discriminatedUnion('kind', [TrainedStudySchema, ImportedStudySchema])
  .superRefine((study, ctx) => {
    if (study.kind === 'trained') refineTrained(study, ctx);
  });
export type Study = z.infer<typeof StudySchema>;
export type StudyInput = z.input<typeof StudySchema>;

function refineTrained(study: TrainedStudy, ctx: z.RefinementCtx): void {
  const fail = (path: (string | number)[], message: string) =>
    ctx.addIssue({ code: 'custom', path, message });
  const seen = new Set<string>();
  study.variants.forEach((variant, i) => {
    if (variant.id === 'base') fail(['variants', i, 'id'], '"base" is the shared checkpoint');
    if (seen.has(variant.id)) fail(['variants', i, 'id'], `variant "${variant.id}" stands twice`);
    seen.add(variant.id);
    if (!study.mixtures[variant.mixture])
      fail(['variants', i, 'mixture'], noMixture(study, variant.mixture));
  });
  if (study.base && !study.mixtures[study.base.mixture])
    fail(['base', 'mixture'], noMixture(study, study.base.mixture));
  for (const task of study.tasks)
    if (!study.sft[task]) fail(['sft', task], `task "${task}" has no fine-tuning settings`);
  const target = study.fine_tune?.task;
  if (target && !study.tasks.includes(target))
    fail(
      ['fine_tune', 'task'],
      `"${target}" is not a task of the study: ${study.tasks.join(', ')}`,
    );
  if (study.hugging_face) refineHuggingFace(study, study.hugging_face, fail);
  if (study.model.width % study.model.heads)
    fail(['model', 'width'], `${study.model.width} does not divide by ${study.model.heads} heads`);
}

function noMixture(study: TrainedStudy, name: string): string {
  return `mixture "${name}" is not one of ${Object.keys(study.mixtures).join(', ')}`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

// ---- What TypeScript and recipes tell each other -------------------------------------------

export const CheckpointSchema = z.strictObject({
  step: z.number().int().nonnegative().describe('Optimiser steps taken'),
  tokens: z.number().int().nonnegative().describe('Tokens seen, shared base included'),
  flops: z.number().nonnegative().describe('Training FLOPs, shared base included'),
  parameters: z.number().int().nonnegative().describe('Weights'),
  active_parameters: z.number().int().nonnegative().describe('Weights used per token'),
  uri: z.string().describe('file:// or s3:// address of the weights'),
  sha256: z.string().length(64).describe('Digest of the weights file, hexadecimal'),
});
export type Checkpoint = z.infer<typeof CheckpointSchema>;

export const JobRunSchema = z.strictObject({
  run_id: z.string().describe('<variant>/<stage>[/<task>/<sft recipe>/seed<n>]'),
  stage: z.enum(STAGES).describe('What the run does'),
  variant_id: variantId.describe('The variant that it belongs to'),
  fingerprint: z.string().describe('Digest of all values that decide the result'),
  config: z
    .record(z.string(), z.unknown())
    .describe('Configuration of the stage: the values that decide its result'),
  input: z
    .strictObject({
      run_id: z.string().describe('The run whose checkpoint is read'),
      uri: z.string().nullable().describe('Its address; null when that run is in this same job'),
    })
    .nullable()
    .describe('The checkpoint that the run starts from'),
});

export const JobSchema = z.strictObject({
  format: z.literal(1),
  job: z.string().describe('Deterministic name, unique on a cluster'),
  study: z.string().describe('name@version'),
  recipe: slug.describe('Name of the recipe in temporal.config.ts'),
  seed: z
    .number()
    .int()
    .nonnegative()
    .describe("The study's seed: decides every random choice of training"),
  threads: count.describe('Computing threads the job may use'),
  work_dir: z.string().describe('Folder of this job; survives attempts, holds what resuming needs'),
  cache_dir: z.string().describe('Folder shared by jobs: tokenizer, encoded text, compiled code'),
  credentials_file: z.string().nullable().describe('File only its owner reads, or null'),
  runs: z.array(JobRunSchema).min(1).describe('Runs of one variant, in order of execution'),
});
export type Job = z.infer<typeof JobSchema>;

export const RECIPE_TABLES = ['curves', 'indicators', 'outcomes', 'samples'] as const;

export const RunResultSchema = z.strictObject({
  run_id: z.string().describe('As in job.json'),
  status: z.enum(['done', 'failed']).describe('How the run ended'),
  error: z.string().nullable().describe('What failed, for a failed run'),
  wall_seconds: z.number().nonnegative().describe('Duration of the run'),
  tables: z
    .partialRecord(z.enum(RECIPE_TABLES), z.string())
    .describe('Arrow IPC file of the rows of each table, relative to the work folder'),
  checkpoint: CheckpointSchema.nullable().describe('Weights that the run made, or null'),
});
export type RunResult = z.infer<typeof RunResultSchema>;

export const JobResultSchema = z.strictObject({
  format: z.literal(1),
  job: z.string().describe('As in job.json'),
  recipe_version: z.string().describe("The recipe's own version, recorded beside its results"),
  runs: z.array(RunResultSchema).min(1).describe('A result for each run of the job'),
});
export type JobResult = z.infer<typeof JobResultSchema>;

export const ProgressSchema = z.strictObject({
  time: z.string().describe('ISO 8601'),
  run_id: z.string().describe('The run that is under way'),
  step: z.number().int().nonnegative().describe('Steps taken'),
  steps: z.number().int().nonnegative().describe('Steps to take'),
  loss: z.number().nullable().describe('Training loss in nats, or null'),
});
export type Progress = z.infer<typeof ProgressSchema>;
