/** `foretune data`: reads the dataset of record. */
import type { Command } from 'commander';
import { rowToJson } from '../../dataset/arrow';
import type { Checked } from '../../dataset/fsck/fsck';
import { isCompaction, type Entry } from '../../dataset/log-format';
import { TABLE_NAMES } from '../../dataset/tables';
import { newestEntries, readRows, tableNamed, tableSizes } from '../../study/look-up';
import { openSession } from '../../temporal/session';
import { checkDataset } from '../../temporal/check-dataset';
import { EXIT, type CliContext } from '../context';
import { parseVersion, wholeNumber } from '../words/numbers';
import { printObject, printRows } from '../words/output';

interface FsckOptions {
  readonly repair?: true;
  readonly accept?: true;
}

interface ReadOptions {
  readonly study?: string;
  readonly limit?: number;
  readonly version?: number;
}

export function register(program: Command, context: CliContext): void {
  const data = program.command('data').description('inspect the dataset of record');
  data
    .command('tables')
    .description('list the tables with their numbers of rows and bytes')
    .option('--version <n>', 'use this version of the dataset', parseVersion)
    .action((options: ReadOptions) => printTables(context, options));
  data
    .command('show')
    .argument('<table>', TABLE_NAMES.join(', '))
    .option('--study <study>', 'only rows of a study, or of one of its variants: zeng2025/7')
    .option('--limit <n>', 'print at most this many rows', wholeNumber(0))
    .option('--version <n>', 'use this version of the dataset', parseVersion)
    .description('print the rows of a table')
    .action((table: string, options: ReadOptions) => showTable(context, table, options));
  data
    .command('versions')
    .description('list the commits')
    .option('--limit <n>', 'list only the newest commits', wholeNumber(0))
    .action((options: ReadOptions) => printVersions(context, options));
  data
    .command('compact')
    .description('merge small data files; this also happens automatically every hundred versions')
    .action(() => compact(context));
  data
    .command('fsck')
    .description('read the whole dataset and name everything that is damaged (exit 2)')
    .option('--repair', 'write damaged checkpoints of the log again, which follow from its entries')
    .option('--accept', 'the log was set back on purpose: forget the later versions it had')
    .action((options: FsckOptions) => runFsck(context, options));
}

async function printTables(context: CliContext, options: ReadOptions): Promise<void> {
  const { dataset } = await openSession(context.config, context.stderr);
  const version = options.version ?? (await dataset.version());
  const rows = (await tableSizes(dataset, version)).map((one) => ({ ...one }));
  printVersion(context, version);
  printRows(context, rows);
}

async function showTable(context: CliContext, name: string, options: ReadOptions): Promise<void> {
  const table = tableNamed(name);
  const session = await openSession(context.config, context.stderr);
  const version = options.version ?? (await session.dataset.version());
  const rows = await readRows(session, table, version, options.study);
  printVersion(context, version);
  printRows(context, rows.slice(0, options.limit).map(rowToJson));
}

async function printVersions(context: CliContext, options: ReadOptions): Promise<void> {
  const { dataset } = await openSession(context.config, context.stderr);
  const entries = await newestEntries(dataset, options.limit);
  printRows(
    context,
    entries.map((entry) => {
      const { version, time, writer, added, removed } = entry;
      return {
        version,
        time,
        ...keysIn(context, entry),
        writer,
        added: added.length,
        removed: removed.length,
        rows: isCompaction(entry) ? 0 : added.reduce((total, file) => total + file.rows, 0),
      };
    }),
  );
}

async function compact(context: CliContext): Promise<void> {
  const { dataset } = await openSession(context.config, context.stderr);
  const joined = await dataset.compact();
  printVersion(context, await dataset.version());
  if (!joined.length && context.format() === 'text') return context.stderr('Nothing to merge.');
  printRows(
    context,
    joined.map((one) => ({ ...one })),
  );
}

async function runFsck(context: CliContext, options: FsckOptions): Promise<void> {
  const session = await openSession(context.config, context.stderr);
  const checked = await checkDataset(session, options);
  const { versions, files, problems } = checked;
  printObject(context, { versions, files, problems }, () => fsckText(checked));
  context.setExitCode(problems.every(({ repaired }) => repaired) ? EXIT.done : EXIT.failed);
}

function fsckText({ versions, files, problems }: Checked): string {
  const read = `Read ${versions} versions and ${files} data files`;
  if (!problems.length) return `${read}: no damage.`;
  const lines = problems.map(
    ({ object, problem, repaired }) => `${object}\n  ${problem}${repaired ? ' (repaired)' : ''}`,
  );
  return [`${read}: ${problems.length} damaged.`, ...lines].join('\n');
}

/**
 * One entry can hold several commits that were made at the same time. Text output shows the first
 * key and a count, JSON all keys.
 */
function keysIn(context: CliContext, entry: Entry): { key: string; keys?: string[] } {
  const keys = entry.keys.map(({ key }) => key);
  const [key = '', ...more] = keys;
  if (!more.length) return { key };
  return context.format() === 'text' ? { key: `${key} (and ${more.length} more)` } : { key, keys };
}

function printVersion(context: CliContext, version: number): void {
  context.stderr(`dataset version ${version}`);
}
