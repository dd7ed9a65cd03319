/** `foretune env`: the variables that point any S3 or Temporal client at the running stack. */
import type { Command } from 'commander';
import { environmentOf } from '../../stack/client-environment';
import type { CliContext } from '../context';
import { printObject } from '../words/output';
import { shellScript } from '../words/shell';
import { openSession } from '../../temporal/session';

export function register(program: Command, context: CliContext): void {
  program
    .command('env')
    .description(
      'print shell variables for other S3 and Temporal clients: eval "$(npx foretune env)"',
    )
    .action(() => printEnvironment(context));
}

async function printEnvironment(context: CliContext): Promise<void> {
  const { endpoints } = await openSession(context.config, context.stderr);
  const variables = environmentOf(endpoints);
  printObject(context, variables, () => shellScript(variables));
}
