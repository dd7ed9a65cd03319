/** How a study file names its tasks, indicators and proxies. */
import { z } from 'zod';
import { directionOf } from './direction';
import { term } from './names';

const label = z.string().min(1).optional().describe('What people read; absent: the name');
const better = z
  .enum(['higher', 'lower'])
  .optional()
  .describe('Which values are better; absent: the name says (loss, perplexity, error: lower)');

export const SftEntrySchema = z
  .looseObject({
    recipe: term.default('full').describe('The SFT recipe: how fine-tuning is done'),
  })
  .describe('One way to fine-tune: an SFT recipe with the settings that the recipe reads');
export type SftEntry = z.infer<typeof SftEntrySchema>;

/** Beside what is here, a task has the fields that the recipe reads, such as `harness`. */
export const TaskSchema = z.looseObject({
  label,
  metric: z.string().min(1).describe('What the outcome is measured in, such as exact_match'),
  better,
  indicator: term.optional().describe('The indicator that asks this task before fine-tuning'),
  sft: z
    .union([SftEntrySchema, z.array(SftEntrySchema).min(1)])
    .transform((entries) => (Array.isArray(entries) ? entries : [entries]))
    .optional()
    .describe('How variants are fine-tuned for the task: one SFT recipe or several'),
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
          message: `metric "${task.metric}" does not say which values are better; add better: 'higher' or better: 'lower'`,
        });
      const recipes = (task.sft ?? []).map(({ recipe }) => recipe);
      const twice = recipes.find((recipe, i) => recipes.indexOf(recipe) !== i);
      if (twice !== undefined)
        ctx.addIssue({
          code: 'custom',
          path: [name, 'sft'],
          message: `SFT recipe "${twice}" is listed twice; a task has each once`,
        });
    }
  })
  .describe('Downstream tasks by name');

export const IndicatorsSchema = z
  .record(term, z.strictObject({ label, better }))
  .describe('Indicators that predictors may see; absent: all that are recorded');

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
    .describe('Whether the weights were chosen with the outcomes at hand: no prediction'),
});

/** A record of weights is short for `{ terms }`. */
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
