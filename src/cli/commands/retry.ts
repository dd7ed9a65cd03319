/**
 * `foretune retry <study>`: runs failed runs again, and the runs that wait for them; nothing else.
 */
import type { Command } from 'commander';
import { openClusters } from '../../study/clusters';
import { chooseRuns, parseFailureClass, type RetryChoice } from '../../domain/retry';
import type { FailureClass } from '../../domain/vocabulary';
import type { CliContext } from '../context';
import { runToEnd } from '../run-to-end';
import { clusterOf, planStudyNow } from '../../study/plan-study';
import { planSummary } from '../words/plan-text';
import { printSteered } from '../words/steering';
import { retryable, studyProgress } from '../../study/progress';
import { openWorkSession } from '../../temporal/session';
import { runningStudy, steer } from '../../temporal/steer';

interface RetryOptions {
  readonly failed?: boolean;
  readonly class?: FailureClass;
}

export function register(program: Command, context: CliContext): void {
  program
    .command('retry')
    .argument('<study>', 'name of a recorded study, or name@version')
    .argument('[runs...]', 'runs as listed by `status --runs`')
    .option('--failed', 'all runs that failed or were cancelled')
    .option(
      '--class <class>',
      'all runs of a failure class: oom, timeout, user_code ...',
      parseFailureClass,
    )
    .description('run failed runs again, whether or not their study is running')
    .action((study: string, runs: string[], options: RetryOptions) =>
      retry(context, study, {
        runs,
        failed: options.failed ?? false,
        ...(options.class && { failure_class: options.class }),
      }),
    );
}

async function retry(context: CliContext, name: string, choice: RetryChoice): Promise<void> {
  const { config, stderr } = context;
  const session = await openWorkSession(config, stderr);
  const id = await session.studies.resolve(name);
  const progress = await studyProgress(session, openClusters(config), id);
  const only = chooseRuns(id, progress ? retryable(progress) : new Map(), choice);
  if (await runningStudy(session.client, id))
    return printSteered(context, await steer(session, id, { update: 'retry', runs: only }));
  const spec = await session.studies.spec(id);
  const plan = await planStudyNow(config, session, spec, { only });
  stderr(planSummary(plan, clusterOf(config, spec.study)));
  await runToEnd(context, session, spec.study, { only });
}
