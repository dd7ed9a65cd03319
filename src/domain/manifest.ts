/**
 * What a recipe says of itself: the JSON that `<command> --describe` prints. Plans check studies against it, so
 * that a study is refused for what its recipe cannot do before anything costs.
 */
import { z } from 'zod';

/** What `<command> --check <file>` prints: what cannot be done, a sentence each. */
export const ProblemsSchema = z.strictObject({ problems: z.array(z.string()) });

/** The stages that a recipe may carry out; the others are foretune's own. */
export const RECIPE_STAGES = ['pretrain', 'indicate', 'sft', 'evaluate'] as const;
export type RecipeStage = (typeof RECIPE_STAGES)[number];

const label = z.string().min(1).optional().describe('What people read; absent: the name');
const better = z
  .enum(['higher', 'lower'])
  .optional()
  .describe('Which values are better; absent: the name tells (loss, perplexity, error: lower)');

const known = <T extends z.ZodType>(entry: T) =>
  z.union([z.literal('any'), z.record(z.string(), entry)]).default('any');

/**
 * JSON Schema (draft 2020-12) of an object. A property with `"x-aside": true` is given to the recipe and is in
 * no fingerprint: it decides no result but for rounding (memory, batching of a forward pass). In stage `sft` a
 * property with `"x-sft-recipes": [...]` is a setting of these SFT recipes alone.
 */
export const StageSchemaSchema = z.looseObject({
  type: z.literal('object'),
  properties: z
    .record(z.string(), z.looseObject({}))
    .default({})
    .describe('The fields, each as JSON Schema'),
  required: z.array(z.string()).default([]).describe('Fields that a study must give'),
});
export type StageSchema = z.infer<typeof StageSchemaSchema>;

export const ManifestSchema = z.strictObject({
  format: z.literal(1),
  version: z
    .string()
    .min(1)
    .describe('Raised when the same configuration gives other results; part of every fingerprint'),
  stages: z
    .partialRecord(z.enum(RECIPE_STAGES), StageSchemaSchema)
    .describe('Stages that it carries out, each with the JSON Schema of `config` in job.json'),
  tasks: known(
    z.strictObject({
      label,
      metric: z.string().min(1).optional().describe('What its outcome is measured in'),
      better,
      indicator: z
        .string()
        .optional()
        .describe('The indicator that asks this task before fine-tuning'),
    }),
  ).describe('Tasks that it can fine-tune for and evaluate, or "any"'),
  indicators: known(z.strictObject({ label, better })).describe(
    'Indicators that it measures, or "any"',
  ),
  domains: known(z.strictObject({ label })).describe('Text domains that it can read, or "any"'),
  objectives: known(z.strictObject({ label })).describe('Pre-training objectives, or "any"'),
  sft_recipes: known(z.strictObject({ label })).describe('Ways to fine-tune, or "any"'),
  checks: z
    .boolean()
    .default(false)
    .describe('Whether `<command> --check <file>` looks at the runs of a whole study'),
});
export type Manifest = z.infer<typeof ManifestSchema>;
export type Known = Manifest['tasks'];
