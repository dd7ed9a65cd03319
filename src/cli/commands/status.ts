/** `foretune status [study]`: the state of each run, from the record. */
import type { Command } from 'commander';
import { openSession } from '../../temporal/session';
import { studyStatus } from '../../temporal/study-status';
import type { CliContext } from '../context';
import { printObject } from '../words/output';
import { statusObject, statusText } from '../words/status-text';
import { printList } from './list';

interface StatusOptions {
  readonly runs?: boolean;
}

export function register(program: Command, context: CliContext): void {
  program
    .command('status')
    .argument('[study]', 'name or name@version; all studies by default')
    .option('--runs', 'list every run')
    .description('show the state of a study')
    .action((study: string | undefined, options: StatusOptions) =>
      showStatus(context, study, options),
    );
}

async function showStatus(
  context: CliContext,
  name: string | undefined,
  options: StatusOptions,
): Promise<void> {
  const session = await openSession(context.config, context.stderr);
  if (name === undefined) return printList(context, session);
  const found = await studyStatus(session, await session.studies.resolve(name), options);
  const shown = { ...found, listed: options.runs ?? false };
  printObject(context, statusObject(shown), () => statusText(shown));
}
