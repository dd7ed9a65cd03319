/** `foretune compare A B --task T`: which of two variants will be better after fine-tuning. */
import type { Command } from 'commander';
import { measurements } from '../../study/measurements';
import { compareVariants } from '../../predict/compare';
import { measure } from '../../predict/measurements';
import { comparisonText } from '../words/answer-text';
import type { CliContext } from '../context';
import { sharedStudy, variantNamed } from '../../study/variant-name';
import { parseVersion } from '../words/numbers';
import { printObject } from '../words/output';
import { openSession } from '../../temporal/session';

interface CompareOptions {
  readonly task: string;
  readonly version?: number;
}

export function register(program: Command, context: CliContext): void {
  program
    .command('compare')
    .argument('<a>', 'a variant, written study/variant: zeng2025/7')
    .argument('<b>', 'another variant of the same study')
    .requiredOption('--task <task>', 'the task that they are to be fine-tuned for')
    .option('--version <n>', 'as the dataset was at a version', parseVersion)
    .description('say which of two variants will be better after fine-tuning, and why')
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
  const rows = await measurements(session.dataset, study, dataset_version);
  const found = compareVariants(measure(rows), options.task, a.variant, b.variant);
  const answer = {
    study,
    task: options.task,
    a: nameOfA,
    b: nameOfB,
    held_out: true,
    dataset_version,
    ...found,
  };
  printObject(context, answer, () => comparisonText(answer));
}
