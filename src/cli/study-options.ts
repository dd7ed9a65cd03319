/** What the commands that take a study file let the command line change of it: the same for all, so that each sees the study that `run` ran. */
import type { Command } from 'commander';
import { SpecError } from '../base/errors';
import type { StudyOverrides } from '../study/load-study';
import { wholeNumber } from './words/numbers';

export function takesStudyOptions(command: Command): Command {
  return command
    .option('--seed <n>', 'another seed: a replicate named <study>-seed<n>', wholeNumber(0))
    .option('--cluster <name>', 'another cluster of temporal.config.ts')
    .option('--variants <n>', 'how many, for a study file that leaves it open', wholeNumber(2));
}

/** A study on record is what it was run as. */
export function refuseOverrides(study: string, { seed, cluster, variants }: StudyOverrides): void {
  const given = Object.entries({ seed, cluster, variants }).filter(
    ([, value]) => value !== undefined,
  );
  if (!given.length) return;
  const options = given.map(([name, value]) => `--${name} ${value}`).join(' ');
  throw new SpecError(
    `"${study}" is no study file, and ${options} changes what a study file says. Name the file, e.g. studies/quickstart.ts, or leave the option out.`,
  );
}
