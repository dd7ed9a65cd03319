/** What may be a name, as zod schemas. */
import { z } from 'zod';

/** Names of studies, recipes and clusters: they become parts of addresses. */
export const slug = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and dashes');

/** Names of tasks, indicators, proxies and SFT recipes: they become parts of a run's id. */
export const term = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_.+-]{0,62}$/,
    'expected letters, digits, and _ . + - behind the first of them',
  );

/** Any text without control characters: imported variants keep the names their authors gave. */
export const variantId = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[^\p{Cc}]+$/u, 'a name without control characters');

export const count = z.number().int().positive();
