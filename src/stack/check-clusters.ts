/** Whether Slurm clusters answer and can be given jobs. Of a local cluster there is nothing to ask. */
import { access, constants, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Config } from '../config';
import { schedulerEnvironment } from '../study/clusters';
import type { SlurmSettings } from '../cluster/settings';
import { slurmCommands } from '../cluster/slurm/commands';
import { check, ok, programFile, type Check, type Finding } from './check';

export function clusterChecks(config: Config): Promise<Check[]> {
  const checks = Object.entries(config.clusters).flatMap(([name, settings]) =>
    settings.kind === 'slurm'
      ? [check(`cluster ${name}`, () => slurmCluster(config, settings), mendOf(name))]
      : [],
  );
  return Promise.all(checks);
}

function mendOf(name: string): string {
  return `Mend "${name}" of \`clusters\` in temporal.config.ts (ssh, bin, root, partition, python); set SLURM_CONF where Slurm's programs do not find their controller. A cluster that you do not use can be taken out.`;
}

async function slurmCluster(config: Config, settings: SlurmSettings): Promise<Finding> {
  if (await isElsewhere(config, settings))
    return { status: 'idle', detail: 'Slurm is not on this machine' };
  if (settings.root !== null) await requireWritable(settings.root);
  if (settings.python !== null) await requirePython(settings.python);
  return ok(await partitionsOf(config, settings));
}

/** The configuration that is shipped names a Slurm cluster, which most users do not have. */
async function isElsewhere(config: Config, { ssh, bin }: SlurmSettings): Promise<boolean> {
  return ssh === null && bin === null && (await programFile(config, 'sbatch')) === null;
}

/** Asks the controller, by way of the login node where there is one. */
async function partitionsOf(config: Config, settings: SlurmSettings): Promise<string> {
  const { partition, ssh } = settings;
  const run = slurmCommands({ ...settings, environment: schedulerEnvironment(config) });
  const printed = await run(['sinfo', '--all', '--noheader', '--format=%R']);
  const found = [...new Set(printed.split('\n').filter(Boolean))];
  const missing = partition?.split(',').find((name) => !found.includes(name));
  if (missing !== undefined)
    throw new Error(`Slurm has no partition "${missing}", expected one of ${found.join(', ')}`);
  const by = ssh === null ? '' : ` by way of ${ssh}`;
  return `Slurm answers${by}, partitions: ${found.join(', ') || 'none'}`;
}

/** The folder is made with the first job: until then the nearest one above it counts. */
async function requireWritable(root: string): Promise<void> {
  const folder = await nearestFolder(root);
  await access(folder, constants.W_OK | constants.X_OK).catch((cause: unknown) => {
    throw new Error(`root ${root} cannot be written: ${String(cause)}`, { cause });
  });
}

async function nearestFolder(root: string): Promise<string> {
  const found = await stat(root).catch(() => null);
  if (found?.isDirectory()) return root;
  if (found) throw new Error(`root cannot be a folder: ${root} is a file`);
  return nearestFolder(path.dirname(root));
}

/** It may be on the nodes alone: where it is here too, it must be a program. */
async function requirePython(python: string): Promise<void> {
  if (!(await stat(python).catch(() => null))) return;
  await access(python, constants.X_OK).catch((cause: unknown) => {
    throw new Error(`python ${python} cannot be executed: ${String(cause)}`, { cause });
  });
}
