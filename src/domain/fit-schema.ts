/**
 * The files that TypeScript and the fit recipe (`python -m foretune_learn.fit`) exchange. None of
 * them contains test outcomes, so that no learner can see them.
 */
import { z } from 'zod';

const count = z.number().int().positive();

export const PairLearnerSchema = z.strictObject({
  kind: z.literal('pair'),
  classifier: z.string().describe('Import path of a scikit-learn classifier'),
  params: z.record(z.string(), z.unknown()).describe('Arguments of its constructor'),
  symmetric: z
    .boolean()
    .describe('Whether to train on both orders of a pair and to average both predictions'),
});

export const VariantLearnerSchema = z.strictObject({
  kind: z.literal('variant'),
  model: z
    .string()
    .describe('A file of recipes/learn/foretune_learn/variant_learners, such as ensemble or gp'),
});

export const PredictorSchema = z.strictObject({
  name: z.string().min(1).describe('Name of its predictions, e.g. ltc:lightgbm'),
  learner: z
    .discriminatedUnion('kind', [PairLearnerSchema, VariantLearnerSchema])
    .describe('The model to train: a classifier of pairs, or a learner of variants'),
  features: z.array(z.string()).min(1).describe('Columns of the feature table that it reads'),
});
export type LearnerSpec = PredictorSpec['learner'];
export type PredictorSpec = z.infer<typeof PredictorSchema>;

export const FitJobSchema = z.strictObject({
  format: z.literal(1),
  processes: count.describe('Number of processes to fit in, with one thread each'),
  features: z
    .string()
    .describe('Arrow file, one row per variant: a Float64 column for each feature'),
  splits: z
    .string()
    .describe(
      'Arrow file, the training variants of each split: split, variant (row of features), outcome',
    ),
  pairs: z.string().describe('Arrow file, the test pairs of each split: split, a, b (rows)'),
  predictors: z.array(PredictorSchema).min(1).describe('Predictors to train'),
  splits_to_fit: z
    .array(
      z.strictObject({
        split: z.string().describe('Name of the split, as in the files'),
        seed: z.number().int().nonnegative().describe('Seed of the classifiers of pairs'),
        predictors: z.array(z.string()).describe('Names of the predictors that are trained on it'),
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
  error: z.string().nullable().describe('Error message, or null'),
  wall_seconds: z.number().nonnegative().describe('Duration without imports'),
  versions: z.record(z.string(), z.string()).describe('Versions of the packages used for training'),
  predictions: z
    .string()
    .nullable()
    .describe('Arrow file: predictor, split, a, b, probability that a is better'),
  importance: z
    .string()
    .nullable()
    .describe('Arrow file: predictor, split, feature, share of the total importance'),
});
export type FitResult = z.infer<typeof FitResultSchema>;
