/** A candidate checkpoint of a study, and its properties before measurement. */
import { z } from 'zod';
import { variantId } from './names';

const scalar = z.union([z.string(), z.number(), z.boolean()]);

/** Values by name; the fields of a record are named with a prefix, as in `weights.web`. */
export const ConfigurationSchema = z
  .record(z.string().min(1), z.union([scalar, z.record(z.string().min(1), z.number())]))
  .describe(
    'Known properties of the variant: numbers, categories, booleans, and records of numbers',
  );
export type Configuration = z.infer<typeof ConfigurationSchema>;

/** A variant without `checkpoint` is trained by the study: `pretrain` reads its other fields. */
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
    config: ConfigurationSchema.optional(),
  })
  .superRefine((variant, ctx) => {
    const extra = Object.keys(variant).filter((key) => !KNOWN.has(key));
    if (variant.checkpoint === undefined) {
      if (variant.revision !== undefined)
        ctx.addIssue({
          code: 'custom',
          path: ['revision'],
          message:
            'a variant without `checkpoint` has no revision; remove `revision` or add `checkpoint`',
        });
    } else if (extra.length) {
      ctx.addIssue({
        code: 'custom',
        path: extra,
        message: `a variant with \`checkpoint\` is not pre-trained; put its known properties into \`config\``,
      });
    }
  });
export type Variant = z.infer<typeof VariantSchema>;

const KNOWN = new Set(['id', 'checkpoint', 'revision', 'config']);

/** The fields that `pretrain` reads. */
export function trainingFields(variant: Variant): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(variant).filter(([key]) => !KNOWN.has(key)));
}

export function isRegistered(
  variant: Variant,
): variant is Variant & { readonly checkpoint: string } {
  return variant.checkpoint !== undefined;
}
