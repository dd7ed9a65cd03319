/** `foretune report <study>`: writes the report as one HTML file. */
import type { Command } from 'commander';
import { buildReport } from '../../study/build-report';
import type { CliContext } from '../context';
import { printObject } from '../words/output';
import { writeReportFile } from '../../study/report-file';
import { openSession } from '../../temporal/session';
import { parseVersion } from '../words/numbers';

export function register(program: Command, context: CliContext): void {
  program
    .command('report')
    .argument('<study>', 'name or name@version')
    .option('--version <n>', 'use this version of the dataset', parseVersion)
    .description('write the report of a study and print its path')
    .action((study: string, options: { version?: number }) =>
      writeReport(context, study, options.version),
    );
}

async function writeReport(context: CliContext, name: string, version?: number): Promise<void> {
  const session = await openSession(context.config, context.stderr);
  const study = await session.studies.resolve(name);
  const dataset_version = version ?? (await session.dataset.version());
  const html = await buildReport(session, study, dataset_version);
  const report = writeReportFile(context.config, { study, version }, html);
  printObject(
    context,
    { study, dataset_version, report },
    () => `${report} (dataset version ${dataset_version})`,
  );
}
