/** Jobs on a Slurm cluster. */
import path from 'node:path';
import { defineKind } from '../kind';
import { checkSlurm } from './check';
import { schedulerEnvironment } from './environment';
import { SlurmSettingsSchema } from './settings';
import { SlurmCluster } from './slurm-cluster';

export const slurm = defineKind({
  kind: 'slurm',
  settings: SlurmSettingsSchema,
  variables: ['SLURM_CONF'],
  open: (settings, { name, folder, cacheDir, python, environment }) => ({
    ...settings,
    cluster: new SlurmCluster({
      ...{ name, settings, root: settings.root ?? folder, python: settings.python ?? python },
      // Jobs on other machines share the root folder only.
      cacheDir: settings.root === null ? cacheDir : path.join(settings.root, 'cache'),
      environment: schedulerEnvironment(environment),
    }),
    gpus: settings.gpus * settings.nodes,
    poll_ms: settings.poll_seconds * 1000,
    programs_here: settings.ssh === null ? 'set_up' : 'none',
  }),
  check: checkSlurm,
  nameOf: (externalId) => `Slurm job ${externalId}`,
  namesLast: true,
});
