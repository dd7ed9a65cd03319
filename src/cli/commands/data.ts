/** `foretune data`: looks into the dataset of record. */
import type { Command } from 'commander';
import { rowToJson } from '../../dataset/arrow';
import { isCompaction, keysOfEntry, type Entry } from '../../dataset/log-format';
import { TABLE_NAMES } from '../../dataset/tables';
import { newestEntries, readRows, tableNamed, tableSizes } from '../../study/look-up';
import { openSession } from '../../temporal/session';
import type { CliContext } from '../context';
import { parseVersion, wholeNumber } from '../words/numbers';
import { printRows } from '../words/output';

interface ReadOptions {
  readonly study?: string;
  readonly limit?: number;
  readonly version?: number;
}

export function register(program: Command, context: CliContext): void {
  const data = program.command('data').description('look into the dataset of record');
  data
    .command('tables')
    .description('list the tables, their rows and bytes')
    .option('--version <n>', 'as they were at a version', parseVersion)
    .action((options: ReadOptions) => printTables(context, options));
  data
    .command('show')
    .argument('<table>', TABLE_NAMES.join(', '))
    .option('--study <study>', 'rows of one study, or of one of its variants: zeng2025/7')
    .option('--limit <n>', 'at most so many rows', wholeNumber(0))
    .option('--version <n>', 'as it was at a version', parseVersion)
    .description('print the rows of a table')
    .action((table: string, options: ReadOptions) => showTable(context, table, options));
  data
    .command('versions')
    .description('list the commits')
    .option('--limit <n>', 'only the newest so many', wholeNumber(0))
    .action((options: ReadOptions) => printVersions(context, options));
  data
    .command('compact')
    .description('join small data files, which else happens by itself every hundred versions')
    .action(() => compact(context));
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
  if (!joined.length && context.format() === 'text') return context.stderr('Nothing to join.');
  printRows(
    context,
    joined.map((one) => ({ ...one })),
  );
}

/** `key` as ever; where commits were made at the same time there are more, which a table only counts. */
function keysIn(context: CliContext, entry: Entry): { key: string; keys?: string[] } {
  const keys = keysOfEntry(entry).map(({ key }) => key);
  const [key = '', ...more] = keys;
  if (!more.length) return { key };
  return context.format() === 'text' ? { key: `${key} (and ${more.length} more)` } : { key, keys };
}

function printVersion(context: CliContext, version: number): void {
  context.stderr(`dataset version ${version}`);
}
