/**
 * What a study may spend, how often it retries, and which variants it fine-tunes, as zod schemas.
 */
import { z } from 'zod';
import { count, term } from './names';

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
