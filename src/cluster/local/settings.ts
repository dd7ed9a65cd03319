/** The settings of a local cluster in temporal.config.ts. */
import { z } from 'zod';
import { commonSettings, count } from '../common-settings';

export const LocalSettingsSchema = z.strictObject({
  kind: z.literal('local'),
  /** Maximum number of running jobs. */
  slots: count,
  ...commonSettings,
});
export type LocalSettings = z.output<typeof LocalSettingsSchema>;
