/**
 * What TypeScript and the fit recipe (`python -m foretune_learn.fit`) exchange. Test outcomes
 * are in none of its files: what trains there cannot see them.
 */
import { z } from 'zod';

const count = z.number().int().positive();

export const PairLearnerSchema = z.strictObject({
  kind: z.literal('pair'),
  classifier: z.string().describe('Import path of a scikit-learn classifier'),
  params: z.record(z.string(), z.unknown()).describe('Arguments of its constructor'),
  symmetric: z
    .boolean()
    .describe('Whether it trains on both orders of a pair and averages both when it predicts'),
});

/** Those of the program itself, each a file of recipes/learn/foretune_learn/variant_learners. */
export const VARIANT_LEARNERS = ['ensemble', 'gp'] as const;
export const VariantLearnerSchema = z.strictObject({
  kind: z.literal('variant'),
  model: z
    .string()
    .describe('A file of recipes/learn/foretune_learn/variant_learners, such as ensemble or gp'),
});

export const PredictorSchema = z.strictObject({
  name: z.string().min(1).describe('Names its predictions, e.g. ltc:lightgbm'),
  learner: z
    .discriminatedUnion('kind', [PairLearnerSchema, VariantLearnerSchema])
    .describe('What it trains: a classifier of pairs, or a learner of variants'),
  features: z.array(z.string()).min(1).describe('Columns of the feature table that it sees'),
});
export type LearnerSpec = PredictorSpec['learner'];
export type PredictorSpec = z.infer<typeof PredictorSchema>;

export const FitJobSchema = z.strictObject({
  format: z.literal(1),
  processes: count.describe('Processes to fit in, one thread each'),
  features: z.string().describe('Arrow file, a row a variant: a Float64 column for each feature'),
  splits: z
    .string()
    .describe(
      'Arrow file, the training variants of each split: split, variant (row of features), outcome',
    ),
  pairs: z.string().describe('Arrow file, the test pairs of each split: split, a, b (rows)'),
  predictors: z.array(PredictorSchema).min(1).describe('What is trained'),
  splits_to_fit: z
    .array(
      z.strictObject({
        split: z.string().describe('As in the files'),
        seed: z
          .number()
          .int()
          .nonnegative()
          .describe('Decides every random choice of a classifier of pairs'),
        predictors: z.array(z.string()).describe('Names of those that are trained on it'),
      }),
    )
    .min(1)
    .describe('Which predictors are trained on which splits'),
});
export type FitJob = z.infer<typeof FitJobSchema>;

export const FitResultSchema = z.strictObject({
  format: z.literal(1),
  status: z
    .enum(['done', 'refused', 'failed'])
    .describe('`refused`: the learner or its parameters cannot be used'),
  error: z.string().nullable().describe('What was refused or failed'),
  wall_seconds: z.number().nonnegative().describe('Duration, imports aside'),
  versions: z.record(z.string(), z.string()).describe('Versions of the packages that trained'),
  predictions: z
    .string()
    .nullable()
    .describe('Arrow file: predictor, split, a, b, probability that a is better'),
  importance: z
    .string()
    .nullable()
    .describe('Arrow file: predictor, split, feature, share of the importance'),
});
export type FitResult = z.infer<typeof FitResultSchema>;
