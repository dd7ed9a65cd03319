/**
 * Every noun of a study as a zod schema: the data dictionary; what jobs are told and answer is in
 * job-schema.ts. Parsed at the edges (command line, activities, recipe results); workflows import only the
 * types. The JSON Schema that `foretune schema` prints is generated from here.
 */
import { z } from 'zod';
import { HuggingFaceSchema } from './hugging-face';
import { refineHuggingFace } from './refine-hugging-face';
import { DOMAINS, FAILURE_CLASSES, INDICATORS, OBJECTIVES, TASKS } from './vocabulary';

export const slug = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and dashes');
export const count = z.number().int().positive();

/** Any text without control characters: imported variants keep the names their authors gave. */
export const variantId = z
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
    cost: limit.describe('Cost of all jobs, in the currency of the prices of the cluster'),
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
  keep_checkpoints: z
    .enum(['none', 'base', 'pretrained', 'all'])
    .optional()
    .describe(
      'Checkpoints go to the object store, and these stay there when the study is done; absent: they stay where jobs leave them',
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
