/** Whether the programs of the recipes are there. */
import type { RecipeConfig } from '../study/recipe';
import type { Config } from '../config';
import { check, ok, programFile, type Check, type Finding } from './check';

export function recipeChecks(config: Config): Promise<Check[]> {
  const mend = 'Mend `recipes` in temporal.config.ts: `command` begins with a program.';
  const checks = Object.entries(config.recipes).map(([name, recipe]) =>
    check(`recipe ${name}`, () => recipeProgram(config, recipe), mend),
  );
  return Promise.all(checks);
}

async function recipeProgram(config: Config, { command, setup }: RecipeConfig): Promise<Finding> {
  const [program] = command;
  if (program === undefined) throw new Error('its `command` is empty');
  const file = await programFile(config, program);
  if (file !== null) return ok(file);
  if (setup !== undefined) return { status: 'idle', detail: `not set up: ${setup}` };
  const detail = `there is no program "${program}"`;
  if (!jobsRunElsewhere(config)) throw new Error(detail);
  return { status: 'idle', detail: `${detail} on this machine` };
}

/** Behind a login node there may be programs that this machine does not have. */
function jobsRunElsewhere({ clusters }: Config): boolean {
  return Object.values(clusters).some((one) => one.kind === 'slurm' && one.ssh !== null);
}
