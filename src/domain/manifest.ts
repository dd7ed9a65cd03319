/**
 * A recipe's manifest: the JSON that `<command> --describe` prints. Plans check studies against it,
 * so that a study that its recipe cannot run is rejected before anything is spent.
 */
import { z } from 'zod';
import { better, label } from './measure-schema';

/**
 * The output of `<command> --check <file>`: one sentence for each thing that the recipe cannot do.
 */
export const ProblemsSchema = z.strictObject({ problems: z.array(z.string()) });

/** The stages that a recipe may implement; foretune implements the others. */
export const RECIPE_STAGES = ['pretrain', 'indicate', 'sft', 'evaluate'] as const;
export type RecipeStage = (typeof RECIPE_STAGES)[number];

const known = <T extends z.ZodType>(entry: T) =>
  z.union([z.literal('any'), z.record(z.string(), entry)]).default('any');

const StepsSchema = z
  .strictObject({
    tokens: z.string().describe('Field with the number of training tokens'),
    per_step: z.array(z.string()).min(1).describe('Fields whose product is the tokens of a step'),
    round: z
      .enum(['down', 'nearest'])
      .describe('How the number of steps is rounded; nearest: half to even'),
  })
  .or(z.string().describe('Field with the number of steps'))
  .describe('How many optimizer steps a training run has; at least one');
export type Steps = z.infer<typeof StepsSchema>;

/** The field of stage `pretrain` that lists the steps whose weights a run keeps. */
export const CHECKPOINT_STEPS = 'checkpoint_steps';

/**
 * JSON Schema (draft 2020-12) of an object. A property with `"x-aside": true` is passed to the
 * recipe but is in no fingerprint: it changes results by rounding only (memory, batch size of a
 * forward pass). In stage `sft` a property with `"x-sft-recipes": [...]` is a setting of these SFT
 * recipes alone. In stage `pretrain`, `"x-steps"` says how many steps a run has.
 */
export const StageSchemaSchema = z.looseObject({
  type: z.literal('object'),
  'x-steps': StepsSchema.optional(),
  properties: z
    .record(z.string(), z.looseObject({}))
    .default({})
    .describe('Fields of the configuration, each with its JSON Schema'),
  required: z.array(z.string()).default([]).describe('Fields without a default'),
});
export type StageSchema = z.infer<typeof StageSchemaSchema>;

export const ManifestSchema = z.strictObject({
  format: z.literal(1),
  version: z
    .string()
    .min(1)
    .describe(
      'Raise it when the same configuration gives different results; part of every fingerprint',
    ),
  stages: z
    .partialRecord(z.enum(RECIPE_STAGES), StageSchemaSchema)
    .describe(
      'Stages that the recipe implements, each with the JSON Schema of `config` in job.json',
    ),
  tasks: known(
    z.strictObject({
      label,
      metric: z.string().min(1).optional().describe('Metric of its outcome'),
      better,
      indicator: z
        .string()
        .optional()
        .describe('The indicator that measures this task before fine-tuning'),
    }),
  ).describe('Tasks that the recipe can fine-tune for and evaluate, or "any"'),
  indicators: known(z.strictObject({ label, better })).describe(
    'Indicators that the recipe measures, or "any"',
  ),
  domains: known(z.strictObject({ label })).describe(
    'Text domains that the recipe can read, or "any"',
  ),
  objectives: known(z.strictObject({ label })).describe('Pre-training objectives, or "any"'),
  sft_recipes: known(z.strictObject({ label })).describe('Fine-tuning methods, or "any"'),
  checks: z
    .boolean()
    .default(false)
    .describe('Whether `<command> --check <file>` checks all runs of a study'),
});
export type Manifest = z.infer<typeof ManifestSchema>;
export type Known = Manifest['tasks'];
