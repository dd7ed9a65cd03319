/** Checks whether a Slurm cluster responds and accepts jobs. */
import { access, constants, stat } from 'node:fs/promises';
import path from 'node:path';
import { inheritedFrom, programFile } from '../../base/environment';
import { ok, type Finding } from '../../base/finding';
import type { Place } from '../kind';
import { slurmCommands } from './commands';
import { schedulerEnvironment } from './environment';
import type { SlurmSettings } from './settings';

export async function checkSlurm(settings: SlurmSettings, place: Place): Promise<Finding[]> {
  try {
    return [await look(settings, place)];
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return [{ status: 'failed', detail, advice: adviceOf(place.name) }];
  }
}

function adviceOf(name: string): string {
  return `Correct "${name}" of \`clusters\` in temporal.config.ts (ssh, bin, root, partition, python). Set SLURM_CONF if Slurm's programs do not find their controller. A cluster that you do not use can be removed.`;
}

async function look(settings: SlurmSettings, { environment }: Place): Promise<Finding> {
  if (await isElsewhere(settings, environment))
    return { status: 'idle', detail: 'Slurm is not on this machine' };
  if (settings.root !== null) await requireWritable(settings.root);
  if (settings.python !== null) await requirePython(settings.python);
  return ok(await partitionsOf(settings, environment));
}

/** The default configuration contains a Slurm cluster, which most users do not have. */
async function isElsewhere(
  { ssh, bin }: SlurmSettings,
  environment: Place['environment'],
): Promise<boolean> {
  if (ssh !== null || bin !== null) return false;
  return (await programFile(inheritedFrom(environment), 'sbatch')) === null;
}

/** Queries the controller, through the login node if there is one. */
async function partitionsOf(
  settings: SlurmSettings,
  environment: Place['environment'],
): Promise<string> {
  const { partition, ssh } = settings;
  const run = slurmCommands({ ...settings, environment: schedulerEnvironment(environment) });
  const printed = await run(['sinfo', '--all', '--noheader', '--format=%R']);
  const found = [...new Set(printed.split('\n').filter(Boolean))];
  const missing = partition?.split(',').find((name) => !found.includes(name));
  if (missing !== undefined)
    throw new Error(`Slurm has no partition "${missing}", expected one of ${found.join(', ')}`);
  const by = ssh === null ? '' : ` through ${ssh}`;
  return `Slurm responds${by}, partitions: ${found.join(', ') || 'none'}`;
}

/** The first job creates the folder; until then its nearest existing parent is checked. */
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

/** The interpreter may exist on the nodes only; if it exists here, it must be executable. */
async function requirePython(python: string): Promise<void> {
  if (!(await stat(python).catch(() => null))) return;
  await access(python, constants.X_OK).catch((cause: unknown) => {
    throw new Error(`python ${python} cannot be executed: ${String(cause)}`, { cause });
  });
}
