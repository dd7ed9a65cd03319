/**
 * Options that override parts of a study file. All commands that take a study file share them, so
 * that each sees the same study as `run`.
 */
import type { Command } from 'commander';
import { SpecError } from '../base/errors';
import type { StudyOverrides } from '../study/load-study';
import { wholeNumber } from './words/numbers';

export function takesStudyOptions(command: Command): Command {
  return command
    .option('--seed <n>', 'use another seed: a replicate named <study>-seed<n>', wholeNumber(0))
    .option('--cluster <name>', 'use another cluster of temporal.config.ts')
    .option(
      '--variants <n>',
      'number of variants, for a study file that accepts it',
      wholeNumber(2),
    );
}

/** Refuses overrides for a recorded study: its configuration is fixed. */
export function refuseOverrides(study: string, { seed, cluster, variants }: StudyOverrides): void {
  const given = Object.entries({ seed, cluster, variants }).filter(
    ([, value]) => value !== undefined,
  );
  if (!given.length) return;
  const options = given.map(([name, value]) => `--${name} ${value}`).join(' ');
  throw new SpecError(
    `"${study}" is not a study file, and ${options} overrides settings of a study file. Name the file, e.g. studies/quickstart.ts, or leave the option out.`,
  );
}
