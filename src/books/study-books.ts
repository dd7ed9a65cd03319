/** The objects below `studies/<name@version>/`, validated when they are read. */
import { z } from 'zod';
import { SchemaError } from '../base/errors';
import type { Plan } from '../domain/plan';
import { StudySchema } from '../domain/study-schema';
import { STAGES } from '../domain/vocabulary';
import { parseJson } from '../dataset/log-format';

export const SpecRecordSchema = z.strictObject({
  format: z.literal(1),
  study: StudySchema,
  fingerprint: z.string(),
  /** The text of an imported study's table. */
  table: z.string().nullable(),
  /** The existing checkpoints that the study registered, by variant. */
  registered: z.record(z.string(), z.strictObject({ uri: z.string(), identity: z.string() })),
  registered_at: z.string(),
});
export type SpecRecord = z.infer<typeof SpecRecordSchema>;

export const LatestSchema = z.strictObject({
  plan_key: z.string(),
  started_at: z.string(),
  ended_at: z.string().nullable(),
  status: z.enum(['running', 'done', 'failed', 'cancelled']),
  /** The dataset's newest entry when the study ended: its loss is noticed (data fsck). */
  head: z.strictObject({ version: z.number().int(), digest: z.string() }).optional(),
});
export type Latest = z.infer<typeof LatestSchema>;

const values = z.record(z.string(), z.unknown());
const count = z.number().int().nonnegative();

const PlannedRunSchema = z.object({
  run_id: z.string(),
  stage: z.enum(STAGES),
  variant_id: z.string(),
  trained_as: z.string(),
  task: z.string().nullable(),
  recipe: z.string(),
  cluster: z.string(),
  config: values,
  values,
  fingerprint: z.string(),
  input_run_id: z.string().nullable(),
  input_uri: z.string().nullable(),
  action: z.enum(['reuse', 'run', 'blocked']),
  reason: z.string(),
  attempt: count,
  estimated_seconds: z.number().nullable(),
  gpu_hours: z.number().nullable().optional(),
  redo: z.literal(true).optional(),
  budget: z.enum(['open', 'spent']).optional(),
});

const PlannedJobSchema = z.object({
  name: z.string(),
  variant_id: z.string(),
  trained_as: z.string(),
  stage: z.enum(STAGES),
  recipe: z.string(),
  cluster: z.string(),
  run_ids: z.array(z.string()),
  needs: z.array(z.string()),
  attempt: count,
});

export const PlanSchema: z.ZodType<Plan> = z.object({
  study: z.string(),
  study_fingerprint: z.string(),
  kind: z.enum(['trained', 'imported']),
  recipes: z.record(z.string(), z.object({ version: z.string(), source_digest: z.string() })),
  runs: z.array(PlannedRunSchema),
  jobs: z.array(PlannedJobSchema),
  warnings: z.array(z.string()),
});

export function encodeBook(value: SpecRecord | Latest | Plan): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

export function decodeSpec(bytes: Uint8Array, key: string): SpecRecord {
  const advice =
    'Update foretune if a later version wrote it; otherwise restore it from a backup, or raise `version` in the study file.';
  return decode(SpecRecordSchema, bytes, key, advice);
}

export function decodePlan(bytes: Uint8Array, key: string): Plan {
  return decode(PlanSchema, bytes, key, 'Run the study again, which creates a new plan.');
}

export function decodeLatest(bytes: Uint8Array, key: string): Latest {
  const advice = 'Delete it: the next run of the study writes it again.';
  return decode(LatestSchema, bytes, key, advice);
}

function decode<T>(schema: z.ZodType<T>, bytes: Uint8Array, key: string, advice: string): T {
  const parsed = schema.safeParse(parseJson(bytes));
  if (parsed.success) return parsed.data;
  throw new SchemaError(`"${key}" is damaged: ${z.prettifyError(parsed.error)}. ${advice}`);
}
