/** `foretune doctor`: checks every part, and says how to fix what fails. */
import type { Command } from 'commander';
import type { Check } from '../../stack/check';
import { runChecks } from '../../stack/doctor';
import { EXIT, type CliContext } from '../context';
import { formatTable, printObject } from '../words/output';

export function register(program: Command, context: CliContext): void {
  program
    .command('doctor')
    .description('check every part and say how to fix it (exit 2 when something fails)')
    .action(() => doctor(context));
}

async function doctor(context: CliContext): Promise<void> {
  const checks = await runChecks(context.config);
  const healthy = checks.every(({ status }) => status !== 'failed');
  printObject(context, { healthy, checks }, () => checkTable(checks, healthy));
  context.setExitCode(healthy ? EXIT.done : EXIT.failed);
}

function checkTable(checks: readonly Check[], healthy: boolean): string {
  const rows = checks.map(({ part, status, detail }) => [
    part,
    status,
    detail.split('\n')[0] ?? '',
  ]);
  const failures = checks
    .filter(({ status }) => status === 'failed')
    .map(({ part, detail, advice }) => `\n${part}: ${detail}\n  ${advice ?? ''}`);
  return [
    formatTable(['part', 'status', 'detail'], rows),
    ...failures,
    '',
    healthy ? 'All is well.' : '',
  ].join('\n');
}
