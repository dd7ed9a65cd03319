/** What TypeScript and recipes exchange: job.json, result.json, progress.jsonl. */
import { z } from 'zod';
import { count, slug, variantId } from './schema';
import { STAGES } from './vocabulary';

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
    .describe("What the recipe's manifest declares for the stage: all that decides the result"),
  input: z
    .strictObject({
      run_id: z.string().describe('The run that made the checkpoint, or the variant that it is'),
      uri: z
        .string()
        .nullable()
        .describe(
          'Its address (file://, or hf://<name>@<revision>); null when that run is in this same job',
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
