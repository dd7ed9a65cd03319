/** Checks whether the programs of the recipes exist. */
import type { RecipeConfig } from '../study/recipe';
import { inheritedFrom, programFile } from '../base/environment';
import { ok, type Finding } from '../base/finding';
import type { Config } from '../config';
import { openClusters } from '../study/clusters';
import { check, type Check } from './check';

export function recipeChecks(config: Config): Promise<Check[]> {
  const advice =
    'Correct `recipes` in temporal.config.ts: the first element of `command` is a program.';
  const checks = Object.entries(config.recipes).map(([name, recipe]) =>
    check(`recipe ${name}`, () => recipeProgram(config, recipe), advice),
  );
  return Promise.all(checks);
}

async function recipeProgram(config: Config, { command, setup }: RecipeConfig): Promise<Finding> {
  const [program] = command;
  if (program === undefined) throw new Error('its `command` is empty');
  const file = await programFile(inheritedFrom(config.environment), program);
  if (file !== null) return ok(file);
  if (setup !== undefined) return { status: 'idle', detail: `not set up: ${setup}` };
  const detail = `there is no program "${program}"`;
  if (!jobsRunElsewhere(config)) throw new Error(detail);
  return { status: 'idle', detail: `${detail} on this machine` };
}

/** Other machines may have programs that this machine does not have. */
function jobsRunElsewhere(config: Config): boolean {
  return [...openClusters(config).values()].some(({ programs_here }) => programs_here === 'none');
}
