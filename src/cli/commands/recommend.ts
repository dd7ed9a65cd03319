/** `foretune recommend <study> --task T --top K`: which variants to fine-tune. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import { SpecError } from '../../base/errors';
import { targetNamed } from '../../predict/feature-table';
import { PAIRWISE } from '../../predict/predictors/pairwise';
import { recommendVariants } from '../../predict/recommend';
import { replayLoop } from '../../predict/replay';
import { savingsOf } from '../../predict/savings';
import { readFeatures } from '../../study/features';
import { PREDICTOR_OPTION, withPredictor } from '../predictor-option';
import { recommendationText } from '../words/answer-text';
import type { CliContext } from '../context';
import { parseVersion, wholeNumber } from '../words/numbers';
import { printObject } from '../words/output';
import { replayText } from '../words/replay-text';
import { openSession, type Session } from '../../temporal/session';

interface RecommendOptions {
  readonly task: string;
  readonly top: number;
  readonly predictor: string;
  readonly version?: number;
  readonly replay?: boolean;
  readonly batch?: number;
  readonly explore?: number;
  readonly seeds?: number;
}

interface Asked {
  readonly study: string;
  readonly dataset_version: number;
}

export function register(program: Command, context: CliContext): void {
  program
    .command('recommend')
    .argument('<study>', 'name or name@version')
    .requiredOption('--task <task>', 'the task to fine-tune for')
    .addOption(
      new Option('--top <k>', 'number of variants to fine-tune')
        .argParser(wholeNumber(1))
        .default(5),
    )
    .option('--predictor <name>', PREDICTOR_OPTION, PAIRWISE)
    .option('--version <n>', 'use this version of the dataset', parseVersion)
    .option('--replay', 'show the regret of the loop and of fixed orders on a finished study')
    .option('--batch <n>', 'replay: variants per round (default: 5)', wholeNumber(1))
    .option(
      '--explore <share>',
      'replay: share of variants drawn at random (default: 0.2)',
      parseShare,
    )
    .option('--seeds <n>', 'replay: number of random orders (default: 20)', wholeNumber(1))
    .description(
      'rank the variants of a study by how likely each is to be the best after fine-tuning',
    )
    .action((study: string, options: RecommendOptions) => recommend(context, study, options));
}

async function recommend(
  context: CliContext,
  name: string,
  options: RecommendOptions,
): Promise<void> {
  refuseAlone(options);
  const session = await openSession(context.config, context.stderr);
  const study = await session.studies.resolve(name);
  const dataset_version = options.version ?? (await session.dataset.version());
  const answer = options.replay ? printReplay : printRanking;
  await answer(context, session, { study, dataset_version }, options);
}

function refuseAlone({ replay, batch, explore, seeds }: RecommendOptions): void {
  if (replay || [batch, explore, seeds].every((value) => value === undefined)) return;
  throw new SpecError(
    '--batch, --explore and --seeds apply only with --replay: add --replay, or leave them out.',
  );
}

async function printRanking(
  context: CliContext,
  session: Session,
  { study, dataset_version }: Asked,
  { task, top, predictor: name }: RecommendOptions,
): Promise<void> {
  const [table, runs] = await Promise.all([
    readFeatures(session, study, dataset_version),
    session.dataset.read('runs', { study, version: dataset_version }),
  ]);
  const target = targetNamed(table, task);
  const found = await withPredictor(context, name, table, (predictor) =>
    recommendVariants(table, target, top, predictor),
  );
  const savings = savingsOf(runs, target.task, { variants: found.ranking.length, fine_tuned: top });
  const answer = { study, task: target.name, dataset_version, held_out: true, ...found, savings };
  printObject(context, answer, () => recommendationText(answer));
}

async function printReplay(
  context: CliContext,
  session: Session,
  { study, dataset_version }: Asked,
  { task, predictor: name, batch = 5, explore = 0.2, seeds = 20 }: RecommendOptions,
): Promise<void> {
  const table = await readFeatures(session, study, dataset_version);
  const target = targetNamed(table, task);
  const settings = { batch, explore, seeds };
  const found = await withPredictor(context, name, table, (predictor) =>
    replayLoop(table, target, settings, predictor),
  );
  const answer = { study, task: target.name, dataset_version, seeds, ...found };
  printObject(context, answer, () => replayText(answer));
}

function parseShare(text: string): number {
  const value = Number(text);
  if (text.trim() && value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError(`"${text}" is not a number from 0 to 1.`);
}
