/** The files that TypeScript and recipes exchange: job.json, result.json, progress.jsonl. */
import { z } from 'zod';
import { count, slug, variantId } from './schema';
import { STAGES } from './vocabulary';

export const CheckpointSchema = z.strictObject({
  step: z.number().int().nonnegative().describe('Optimiser steps taken'),
  tokens: z
    .number()
    .int()
    .nonnegative()
    .describe('Tokens seen, including those of the shared base'),
  flops: z.number().nonnegative().describe('Training FLOPs, including those of the shared base'),
  parameters: z.number().int().nonnegative().describe('Weights'),
  active_parameters: z.number().int().nonnegative().describe('Parameters used per token'),
  uri: z.string().describe('file:// or s3:// address of the weights'),
  sha256: z.string().length(64).describe('Digest of the weights file, hexadecimal'),
});
export type Checkpoint = z.infer<typeof CheckpointSchema>;

export const JobRunSchema = z.strictObject({
  run_id: z.string().describe('<variant>/<stage>[/<task>/<sft recipe>/seed<n>]'),
  stage: z.enum(STAGES).describe('Stage of the run'),
  variant_id: variantId.describe('Variant of the run'),
  fingerprint: z.string().describe('Digest of all values that determine the result'),
  config: z
    .record(z.string(), z.unknown())
    .describe(
      "What the recipe's manifest declares for the stage: every value that determines the result",
    ),
  input: z
    .strictObject({
      run_id: z
        .string()
        .describe('The run that wrote the checkpoint, or the variant of an existing checkpoint'),
      uri: z
        .string()
        .nullable()
        .describe(
          'Address (file://, or hf://<name>@<revision>); null if the run is in the same job',
        ),
    })
    .nullable()
    .describe('The checkpoint that the run starts from'),
});

export const JobSchema = z.strictObject({
  format: z.literal(1),
  job: z.string().describe('Deterministic name, unique on a cluster'),
  study: z.string().describe('name@version'),
  recipe: slug.describe('Name of the recipe in temporal.config.ts'),
  threads: count.describe('Number of compute threads that the job may use'),
  work_dir: z
    .string()
    .describe('Folder of the job; kept between attempts, holds the files needed to resume'),
  cache_dir: z
    .string()
    .describe('Folder shared by all jobs: tokenizer, encoded text, compiled code'),
  credentials_file: z.string().nullable().describe('File that only its owner can read, or null'),
  runs: z.array(JobRunSchema).min(1).describe('Runs of one variant, in order of execution'),
});
export type Job = z.infer<typeof JobSchema>;

export const RECIPE_TABLES = ['curves', 'indicators', 'outcomes', 'samples'] as const;

export const RunResultSchema = z.strictObject({
  run_id: z.string().describe('Same as in job.json'),
  status: z.enum(['done', 'failed']).describe('Result of the run'),
  error: z.string().nullable().describe('Error message of a failed run, or null'),
  wall_seconds: z.number().nonnegative().describe('Duration of the run'),
  tables: z
    .partialRecord(z.enum(RECIPE_TABLES), z.string())
    .describe('Arrow IPC file with the rows of each table, relative to the work folder'),
  checkpoint: CheckpointSchema.nullable().describe('Weights that the run wrote, or null'),
});
export type RunResult = z.infer<typeof RunResultSchema>;

export const JobResultSchema = z.strictObject({
  format: z.literal(1),
  job: z.string().describe('Same as in job.json'),
  recipe_version: z.string().describe("The recipe's own version, recorded with its results"),
  runs: z.array(RunResultSchema).min(1).describe('One result for each run of the job'),
});
export type JobResult = z.infer<typeof JobResultSchema>;

export const ProgressSchema = z.strictObject({
  time: z.string().describe('ISO 8601'),
  run_id: z.string().describe('The run in progress'),
  step: z.number().int().nonnegative().describe('Steps taken'),
  steps: z.number().int().nonnegative().describe('Total number of steps'),
  loss: z.number().nullable().describe('Training loss in nats, or null'),
});
export type Progress = z.infer<typeof ProgressSchema>;
