/** Jobs as processes of this machine. */
import { inheritedFrom } from '../../base/environment';
import { defineKind } from '../kind';
import { LocalCluster } from './local-cluster';
import { LocalSettingsSchema } from './settings';

/** A poll only reads files, and the cluster itself detects most ends. */
const POLL_MS = 300;

export const local = defineKind({
  kind: 'local',
  settings: LocalSettingsSchema,
  variables: [],
  open: (settings, { name, folder, cacheDir, python, environment }) => ({
    ...settings,
    cluster: new LocalCluster({
      ...{ name, root: folder, cacheDir, python, slots: settings.slots },
      environment: inheritedFrom(environment),
    }),
    poll_ms: POLL_MS,
    programs_here: 'all',
  }),
  check: () => Promise.resolve([]),
  nameOf: (externalId) => `process ${externalId}`,
  namesLast: false,
});
