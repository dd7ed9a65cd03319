/** `foretune data`: looks into the dataset of record. */
import type { Command } from 'commander';
import { nearest } from '../../base/explain';
import { NotFoundError } from '../../base/errors';
import { rowToJson } from '../../dataset/arrow';
import type { Dataset } from '../../dataset/log';
import { isCompaction, keysOfEntry, type Entry } from '../../dataset/log-format';
import { TABLE_NAMES, type Row, type TableName } from '../../dataset/tables';
import type { CliContext } from '../context';
import { parseVersion, wholeNumber } from '../words/numbers';
import { printRows } from '../words/output';
import { openSession, type Session } from '../../temporal/session';

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
  const { dataset } = await openSession(context);
  const version = options.version ?? (await dataset.version());
  const snapshot = await dataset.snapshot(version);
  const rows = TABLE_NAMES.map((table) => {
    const files = snapshot.files(table);
    const sum = (of: 'rows' | 'bytes') => files.reduce((total, file) => total + file[of], 0);
    return { table, rows: sum('rows'), files: files.length, bytes: sum('bytes') };
  });
  printVersion(context, version);
  printRows(context, rows);
}

async function showTable(context: CliContext, name: string, options: ReadOptions): Promise<void> {
  const table = tableNamed(name);
  const session = await openSession(context);
  const version = options.version ?? (await session.dataset.version());
  const rows = await readRows(session, table, version, options.study);
  printVersion(context, version);
  printRows(context, rows.slice(0, options.limit).map(rowToJson));
}

async function readRows<T extends TableName>(
  { dataset, studies }: Session,
  table: T,
  version: number,
  named: string | undefined,
): Promise<Row<T>[]> {
  if (named === undefined) return dataset.read(table, { version });
  const { study: name, variant } = studyAndVariant(named);
  const study = await studies.resolve(name);
  const rows = await dataset.read(table, { study, version });
  if (variant === undefined) return rows;
  const found = rows.filter((row) => row.variant_id === variant);
  if (!found.length) await refuseUnknown(dataset, { study, version }, variant);
  return found;
}

/** `zeng2025/7`. A variant's id may hold slashes itself, the name of a study never does. */
export function studyAndVariant(named: string): { study: string; variant?: string } {
  const slash = named.indexOf('/');
  if (slash < 0) return { study: named };
  return { study: named.slice(0, slash), variant: named.slice(slash + 1) };
}

/** A variant without rows in a table is none that does not exist. */
async function refuseUnknown(
  dataset: Dataset,
  of: { readonly study: string; readonly version: number },
  variant: string,
): Promise<void> {
  const known = (await dataset.read('variants', of)).map((row) => row.variant_id);
  if (known.includes(variant)) return;
  const guess = nearest(variant, known);
  throw new NotFoundError(
    `Study "${of.study}" has no variant "${variant}".${guess ? ` Did you mean "${guess}"?` : ''} \`npx foretune data show variants --study ${of.study}\` lists them.`,
  );
}

async function printVersions(context: CliContext, options: ReadOptions): Promise<void> {
  const { dataset } = await openSession(context);
  const latest = await dataset.version();
  const from = options.limit === undefined ? 1 : Math.max(1, latest - options.limit + 1);
  const entries = await dataset.entries(from);
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
  const { dataset } = await openSession(context);
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

function tableNamed(name: string): TableName {
  const table = TABLE_NAMES.find((one) => one === name);
  if (table) return table;
  const guess = nearest(name, TABLE_NAMES);
  throw new NotFoundError(
    `There is no table "${name}".${guess ? ` Did you mean "${guess}"?` : ''} Tables: ${TABLE_NAMES.join(', ')}.`,
  );
}
