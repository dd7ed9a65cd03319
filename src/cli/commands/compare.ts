/** `foretune compare A B --task T`: which of two variants will be better after fine-tuning. */
import type { Command } from 'commander';
import { compareVariants } from '../../predict/compare';
import { targetNamed } from '../../predict/feature-table';
import { PAIRWISE } from '../../predict/predictors/pairwise';
import { readFeatures } from '../../study/features';
import { PREDICTOR_OPTION, withPredictor } from '../predictor-option';
import { comparisonText } from '../words/answer-text';
import type { CliContext } from '../context';
import { sharedStudy, variantNamed } from '../../study/variant-name';
import { parseVersion } from '../words/numbers';
import { printObject } from '../words/output';
import { openSession } from '../../temporal/session';

interface CompareOptions {
  readonly task: string;
  readonly predictor: string;
  readonly version?: number;
}

export function register(program: Command, context: CliContext): void {
  program
    .command('compare')
    .argument('<a>', 'a variant, written as study/variant: zeng2025/7')
    .argument('<b>', 'another variant of the same study')
    .requiredOption('--task <task>', 'the task to fine-tune for')
    .option('--predictor <name>', PREDICTOR_OPTION, PAIRWISE)
    .option('--version <n>', 'use this version of the dataset', parseVersion)
    .description('predict which of two variants will be better after fine-tuning, and why')
    .action((a: string, b: string, options: CompareOptions) => compare(context, a, b, options));
}

async function compare(
  context: CliContext,
  nameOfA: string,
  nameOfB: string,
  options: CompareOptions,
): Promise<void> {
  const [a, b] = [variantNamed(nameOfA), variantNamed(nameOfB)];
  const session = await openSession(context.config, context.stderr);
  const study = await sharedStudy(session.studies, a, b);
  const dataset_version = options.version ?? (await session.dataset.version());
  const table = await readFeatures(session, study, dataset_version);
  const target = targetNamed(table, options.task);
  const found = await withPredictor(context, options.predictor, table, (predictor) =>
    compareVariants(table, target, [a.variant, b.variant], predictor),
  );
  const answer = {
    study,
    task: target.name,
    a: nameOfA,
    b: nameOfB,
    held_out: true,
    dataset_version,
    ...found,
  };
  printObject(context, answer, () => comparisonText(answer));
}
