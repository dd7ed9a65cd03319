/** The schema of a study's tasks, indicators and proxies. */
import { z } from 'zod';
import { directionOf } from './direction';
import { better, label } from './measure-schema';
import { term } from './names';

export const SftEntrySchema = z
  .looseObject({
    recipe: term.default('full').describe('The SFT recipe: the fine-tuning method'),
  })
  .describe('One way to fine-tune: an SFT recipe with the settings that the recipe reads');
export type SftEntry = z.infer<typeof SftEntrySchema>;

/** Besides these fields, a task has the fields that the recipe reads, such as `harness`. */
export const TaskSchema = z.looseObject({
  label,
  metric: z.string().min(1).describe('Metric of the outcome, such as exact_match'),
  better,
  indicator: term.optional().describe('The indicator that measures this task before fine-tuning'),
  sft: z
    .union([SftEntrySchema, z.array(SftEntrySchema).min(1)])
    .transform((entries) => (Array.isArray(entries) ? entries : [entries]))
    .optional()
    .describe('One or several SFT recipes for the task'),
});
export type Task = z.infer<typeof TaskSchema>;

export const TasksSchema = z
  .record(term, TaskSchema)
  .superRefine((tasks, ctx) => {
    if (!Object.keys(tasks).length)
      ctx.addIssue({ code: 'custom', message: 'expected at least one task' });
    for (const [name, task] of Object.entries(tasks)) {
      if (task.better === undefined && directionOf(task.metric) === null)
        ctx.addIssue({
          code: 'custom',
          path: [name, 'better'],
          message: `metric "${task.metric}" does not imply which values are better; add better: 'higher' or better: 'lower'`,
        });
      const recipes = (task.sft ?? []).map(({ recipe }) => recipe);
      const twice = recipes.find((recipe, i) => recipes.indexOf(recipe) !== i);
      if (twice !== undefined)
        ctx.addIssue({
          code: 'custom',
          path: [name, 'sft'],
          message: `SFT recipe "${twice}" is listed twice; list each SFT recipe once per task`,
        });
    }
  })
  .describe('Downstream tasks by name');

export const IndicatorsSchema = z
  .record(term, z.strictObject({ label, better }))
  .describe('Indicators that predictors may use; default: all recorded indicators');

const weights = z
  .record(term, z.number())
  .refine((terms) => Object.values(terms).some((weight) => weight !== 0), {
    error: 'expected at least one indicator with a weight that is not 0',
  });

const TermsSchema = z.strictObject({
  label,
  terms: weights.describe('Indicator -> weight'),
  chosen_after: z
    .boolean()
    .default(false)
    .describe(
      'Whether the weights were chosen with knowledge of the outcomes; the proxy is then not a prediction',
    ),
});

/** A record of weights is shorthand for `{ terms }`. */
export const ProxiesSchema = z
  .record(
    term,
    z.preprocess(
      (value) => (isRecord(value) && !isRecord(value.terms) ? { terms: value } : value),
      TermsSchema,
    ),
  )
  .describe('Weighted sums of indicators, each scaled to [0, 1]; directions are applied first');

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
