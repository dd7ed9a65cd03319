/** `foretune compare A B --task T`: which of two variants will be better after fine-tuning. */
import type { Command } from 'commander';
import { SpecError } from '../../base/errors';
import { compareVariants } from '../../predict/compare';
import { targetNamed } from '../../predict/feature-table';
import { PAIRWISE } from '../../predict/predictors/pairwise';
import { readFeatures } from '../../study/features';
import { PREDICTOR_OPTION, withPredictor } from '../predictor-option';
import { comparisonText } from '../words/answer-text';
import type { CliContext } from '../context';
import { studyAndVariant } from './data';
import { parseVersion } from '../words/numbers';
import { printObject } from '../words/output';
import { openSession, type Session } from '../session';

interface CompareOptions {
  readonly task: string;
  readonly predictor: string;
  readonly version?: number;
}

export function register(program: Command, context: CliContext): void {
  program
    .command('compare')
    .argument('<a>', 'a variant, written study/variant: zeng2025/7')
    .argument('<b>', 'another variant of the same study')
    .requiredOption('--task <task>', 'the task that they are to be fine-tuned for')
    .option('--predictor <name>', PREDICTOR_OPTION, PAIRWISE)
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
  const session = await openSession(context);
  const study = await sharedStudy(session, a, b);
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

interface NamedVariant {
  readonly study: string;
  readonly variant: string;
}

function variantNamed(named: string): NamedVariant {
  const { study, variant } = studyAndVariant(named);
  if (study && variant) return { study, variant };
  throw new SpecError(
    `"${named}" names no variant: expected study/variant, such as zeng2025/7. \`npx foretune list\` lists the studies.`,
  );
}

/** Outcomes of two studies come from two ways of training and asking: they are not compared. */
async function sharedStudy(
  { studies }: Session,
  a: NamedVariant,
  b: NamedVariant,
): Promise<string> {
  const [one, two] = [await studies.resolve(a.study), await studies.resolve(b.study)];
  if (one === two) return one;
  throw new SpecError(
    `"${one}" and "${two}" are two studies: variants are compared inside one study, which fine-tunes and evaluates them alike. Name two variants of one of them.`,
  );
}
