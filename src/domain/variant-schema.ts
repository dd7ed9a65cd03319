/** A candidate checkpoint of a study, and its properties before measurement. */
import { z } from 'zod';
import { count, variantId } from './names';

const scalar = z.union([z.string(), z.number(), z.boolean()]);

/** Values by name; the fields of a record are named with a prefix, as in `weights.web`. */
export const ConfigurationSchema = z
  .record(z.string().min(1), z.union([scalar, z.record(z.string().min(1), z.number())]))
  .describe(
    'Known properties of the variant: numbers, categories, booleans, and records of numbers',
  );
export type Configuration = z.infer<typeof ConfigurationSchema>;

const CheckpointsSchema = z
  .strictObject({
    every: count.optional().describe('A variant at each multiple of this number of steps'),
    at: z.array(count).min(1).optional().describe('A variant at each of these steps'),
  })
  .refine(({ every, at }) => (every === undefined) !== (at === undefined), {
    error: 'expected exactly one of `every` and `at`',
  });

/**
 * A variant with `checkpoint` is registered, one with `from` is an earlier checkpoint of another
 * variant's training run, and any other is trained by the study: `pretrain` reads its other fields.
 */
export const VariantSchema = z
  .looseObject({
    id: variantId.describe('Unique in the study'),
    checkpoint: z
      .string()
      .min(1)
      .optional()
      .describe(
        'An existing checkpoint: a folder (relative to the study file), an s3:// address, or a repository on the Hugging Face Hub',
      ),
    revision: z
      .string()
      .min(1)
      .optional()
      .describe('Commit or tag of a repository on the Hub; identifies the checkpoint'),
    from: variantId
      .optional()
      .describe('The trained variant whose run passes through this checkpoint, at `step`'),
    step: count.optional().describe('The step of the run at which the checkpoint is taken'),
    checkpoints: CheckpointsSchema.optional().describe(
      'Earlier checkpoints of this training run that are variants too: `<id>-<step>`',
    ),
    last_step: count
      .optional()
      .describe(
        'Number of steps of the training run; by default as the recipe declares it in its manifest',
      ),
    config: ConfigurationSchema.optional(),
  })
  .superRefine((variant, ctx) => {
    for (const { path, message } of variantFaults(variant))
      ctx.addIssue({ code: 'custom', path: [...path], message });
  });
export type Variant = z.infer<typeof VariantSchema>;

interface Fault {
  readonly path: readonly string[];
  readonly message: string;
}

const KNOWN = [
  'id',
  'checkpoint',
  'revision',
  'from',
  'step',
  'checkpoints',
  'last_step',
  'config',
] as const;

function variantFaults(variant: Readonly<Record<string, unknown>>): Fault[] {
  if (variant.checkpoint !== undefined)
    return unexpected(
      variant,
      ['checkpoint', 'revision'],
      'a variant with `checkpoint` is not pre-trained; put its known properties into `config`',
    );
  if (variant.from !== undefined)
    return [
      ...unexpected(
        variant,
        ['from', 'step'],
        'a variant with `from` is a checkpoint of another run; put its known properties into `config`',
      ),
      ...(variant.step === undefined
        ? [{ path: ['step'], message: 'expected the step at which the checkpoint is taken' }]
        : []),
    ];
  const { revision, step } = variant;
  return [
    ...(revision === undefined
      ? []
      : [needs('revision', 'a variant without `checkpoint` has no revision', 'checkpoint')]),
    ...(step === undefined
      ? []
      : [needs('step', 'a variant without `from` is the end of its run', 'from')]),
  ];
}

function unexpected(
  variant: Readonly<Record<string, unknown>>,
  own: readonly string[],
  message: string,
): Fault[] {
  const fields = ['id', 'config', ...own];
  return Object.keys(variant)
    .filter((key) => variant[key] !== undefined && !fields.includes(key))
    .map((key) => ({ path: [key], message }));
}

function needs(field: string, why: string, other: string): Fault {
  return { path: [field], message: `${why}; remove \`${field}\` or add \`${other}\`` };
}

/** The fields that `pretrain` reads. */
export function trainingFields(variant: Variant): Readonly<Record<string, unknown>> {
  const known = new Set<string>(KNOWN);
  return Object.fromEntries(Object.entries(variant).filter(([key]) => !known.has(key)));
}

export function isRegistered(
  variant: Variant,
): variant is Variant & { readonly checkpoint: string } {
  return variant.checkpoint !== undefined;
}

/** A variant that is an earlier checkpoint of the training run of another. */
export type Earlier = Variant & { readonly from: string; readonly step: number };

export function isEarlier(variant: Variant): variant is Earlier {
  return variant.from !== undefined;
}

/** Whether the variant is the end of a training run of the study. */
export function isTrained(variant: Variant): boolean {
  return !isRegistered(variant) && !isEarlier(variant);
}
