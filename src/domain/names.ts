/** Names as zod schemas. */
import { z } from 'zod';

/** Names of studies, recipes and clusters: they are used in addresses. */
export const slug = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and dashes');

/** Names of tasks, indicators, proxies and SFT recipes: they are used in run ids. */
export const term = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_.+-]{0,62}$/,
    'expected a letter or digit, then letters, digits and _ . + -',
  );

/** Any text without control characters: imported variants keep their original names. */
export const variantId = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[^\p{Cc}]+$/u, 'a name without control characters');

export const count = z.number().int().positive();
