/** `foretune recommend <study> --task T --top K`: which few variants are worth fine-tuning. */
import { Option, type Command } from 'commander';
import { measurements } from '../../activities/fits';
import { measure } from '../proxies/measurements';
import { recommendVariants } from '../proxies/recommend';
import { savingsOf } from '../proxies/savings';
import { recommendationText } from './answer-text';
import type { CliContext } from './context';
import { parseVersion } from './data';
import { printObject } from './output';
import { openSession } from './session';

interface RecommendOptions {
  readonly task: string;
  readonly top: number;
  readonly version?: number;
}

export function register(program: Command, context: CliContext): void {
  program
    .command('recommend')
    .argument('<study>', 'name or name@version')
    .requiredOption('--task <task>', 'the task that they are to be fine-tuned for')
    .addOption(
      new Option('--top <k>', 'how many can be fine-tuned').argParser(parseVersion).default(5),
    )
    .option('--version <n>', 'as the dataset was at a version', parseVersion)
    .description('rank the variants of a study, fine-tuned or not, by who is likely to be best')
    .action((study: string, options: RecommendOptions) => recommend(context, study, options));
}

async function recommend(
  context: CliContext,
  name: string,
  { task, top, version }: RecommendOptions,
): Promise<void> {
  const session = await openSession(context);
  const study = await session.studies.resolve(name);
  const dataset_version = version ?? (await session.dataset.version());
  const [rows, runs] = await Promise.all([
    measurements(session.dataset, study, dataset_version),
    session.dataset.read('runs', { study, version: dataset_version }),
  ]);
  const found = recommendVariants(measure(rows), task, top);
  const savings = savingsOf(runs, task, { variants: found.ranking.length, fine_tuned: top });
  const answer = { study, task, dataset_version, held_out: true, ...found, savings };
  printObject(context, answer, () => recommendationText(answer));
}
