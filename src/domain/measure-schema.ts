/** Fields that studies and manifests use to describe a task or an indicator. */
import { z } from 'zod';

export const label = z.string().min(1).optional().describe('Label in reports; default: the name');
export const better = z
  .enum(['higher', 'lower'])
  .optional()
  .describe(
    'Which values are better; default: as the name implies (loss, perplexity, error: lower)',
  );
