/** A candidate checkpoint of a study, and what is known of it before anything is measured. */
import { z } from 'zod';
import { variantId } from './names';

const scalar = z.union([z.string(), z.number(), z.boolean()]);

/** Values by name; a record of numbers is known by its prefix, as in `weights.web`. */
export const ConfigurationSchema = z
  .record(z.string().min(1), z.union([scalar, z.record(z.string().min(1), z.number())]))
  .describe('What is known of the variant: numbers, categories, booleans, and records of numbers');
export type Configuration = z.infer<typeof ConfigurationSchema>;

/** Without `checkpoint` the variant is trained here: its other fields are what `pretrain` reads. */
export const VariantSchema = z
  .looseObject({
    id: variantId.describe('Unique in the study'),
    checkpoint: z
      .string()
      .min(1)
      .optional()
      .describe(
        'A checkpoint that exists: a folder (relative to the study file), an s3:// address, or a name of the Hugging Face hub',
      ),
    revision: z
      .string()
      .min(1)
      .optional()
      .describe('Commit or tag of a name of the hub; its identity'),
    config: ConfigurationSchema.optional(),
  })
  .superRefine((variant, ctx) => {
    const extra = Object.keys(variant).filter((key) => !KNOWN.has(key));
    if (variant.checkpoint === undefined) {
      if (variant.revision !== undefined)
        ctx.addIssue({
          code: 'custom',
          path: ['revision'],
          message: 'a variant without `checkpoint` has no revision',
        });
    } else if (extra.length) {
      ctx.addIssue({
        code: 'custom',
        path: extra,
        message: `a variant with \`checkpoint\` is not pre-trained; put what is known of it into \`config\``,
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
