/**
 * `foretune fit <study>`: fits predictors to the recorded measurements; does nothing when no row
 * has changed.
 */
import { Option, type Command } from 'commander';
import { FEATURE_SETS } from '../../predict/predictor';
import { fitStudy } from '../../study/fit-study';
import { fitLearned, type LearnSettings } from '../../study/learned-fits';
import { startLearning } from '../../study/learning';
import type { CliContext } from '../context';
import { learnSettings, type FitOptions } from '../fit-options';
import { printLearned } from '../words/learned-results';
import { readResults } from '../../study/results';
import { printResults } from '../words/results';
import { wholeNumber } from '../words/numbers';
import { openSession } from '../../temporal/session';

const NOTHING_TO_DO = 'The measurements have not changed since the last fit: nothing to do.';

export function register(program: Command, context: CliContext): void {
  program
    .command('fit')
    .argument('<study>', 'name or name@version')
    .description(
      'evaluate predictors on the measurements of a study (by default those without training)',
    )
    .option(
      '--protocol <protocol>',
      'all-pairs, paper, leave-group-out:<setting>, leave-study-out:<study> (default with learners: paper)',
    )
    .option(
      '--learner <names>',
      'lightgbm, logreg, mlp, each also as <name>-symmetric; ensemble; gp; all; nested; or the import path of a scikit-learn classifier; separate several with commas',
    )
    .option('--params <json>', 'arguments of the learner, e.g. \'{"n_estimators": 50}\'')
    .addOption(new Option('--features <set>', 'features that learners use').choices(FEATURE_SETS))
    .option('--seeds <n>', 'number of splits of protocol paper (default: 20)', wholeNumber(1, 1000))
    .option(
      '--predictor <names>',
      'other predictors to evaluate as well: names or files, separated by commas',
    )
    .option('--train-task <task>', 'train on the outcomes of this task, for every task')
    .option(
      '--shuffle-outcomes',
      'shuffle the outcomes, which shows the accuracy of pure chance; not recorded',
    )
    .action((study: string, options: FitOptions) => {
      const settings = learnSettings(options);
      return settings ? fitWithLearners(context, study, settings) : fitNow(context, study);
    });
}

async function fitNow(context: CliContext, name: string): Promise<void> {
  const session = await openSession(context.config, context.stderr);
  const study = await session.studies.resolve(name);
  const { fitted } = await fitStudy(session, study);
  if (!fitted) context.stderr(NOTHING_TO_DO);
  printResults(context, await readResults(session, study));
}

async function fitWithLearners(
  context: CliContext,
  name: string,
  settings: LearnSettings,
): Promise<void> {
  const interrupted = new AbortController();
  const stop = () => interrupted.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const learning = startLearning(context.config, settings.learners, interrupted.signal);
  try {
    const session = await openSession(context.config, context.stderr);
    const study = await session.studies.resolve(name);
    const fit = await fitLearned(session, { study, settings }, learning);
    for (const note of fit.notes) context.stderr(`Note: ${note}`);
    if (!fit.fitted) context.stderr(NOTHING_TO_DO);
    printLearned(context, fit, settings);
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    await learning.close();
  }
}
