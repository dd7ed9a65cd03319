/** What temporal.config.ts says of a local cluster. */
import { z } from 'zod';
import { commonSettings, count } from '../common-settings';

export const LocalSettingsSchema = z.strictObject({
  kind: z.literal('local'),
  /** Jobs that run at once. */
  slots: count,
  ...commonSettings,
});
export type LocalSettings = z.output<typeof LocalSettingsSchema>;
