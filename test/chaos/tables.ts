/** The tables of a study, and how they differ from those of an undisturbed one. */
import { rowToJson } from '../../src/dataset/arrow';
import { openDataset } from '../../src/dataset/log';
import { endpointsOf } from '../../src/stack/stack';
import { unprobedStore } from '../../src/stack/open-store';
import { loadConfig } from '../../src/config';
import { cleanEnvironment, type Workplace } from '../support/cli';

type TableRow = Readonly<Record<string, unknown>>;
const NAMES = [
  ...['variants', 'checkpoints', 'curves', 'indicators', 'outcomes', 'samples', 'fits'],
  'runs',
] as const;

type Name = (typeof NAMES)[number];
export type Tables = Readonly<Record<Name, readonly TableRow[]>> & {
  /** Of the whole dataset, in order. */
  readonly versions: readonly { readonly version: number; readonly time: string }[];
};

export interface Count {
  readonly expected: number;
  readonly found: number;
  /** Rows that occur more often than they should. */
  readonly doubled: number;
  readonly lost: number;
  /** Rows that no undisturbed study has, such as other numbers. */
  readonly strange: number;
}

/** Where, when and at the how-manieth try: what may differ. */
const CIRCUMSTANCES = new Set([
  ...['recorded_at', 'attempt', 'read_version', 'uri', 'external_id', 'started_at', 'ended_at'],
  ...['wall_seconds', 'cpu_seconds', 'max_rss_bytes'],
]);

/**
 * Read in this process, since starting a command for each table would take longer than all else.
 */
export async function readTables({ stateDir }: Workplace): Promise<Tables> {
  const config = loadConfig({ ...cleanEnvironment(), FORETUNE_STATE_DIR: stateDir });
  const dataset = openDataset(unprobedStore(endpointsOf(config)));
  const rows = async (name: Name) =>
    [name, (await dataset.read(name, { study: 'chaos@1' })).map(rowToJson)] as const;
  const tables = await Promise.all(NAMES.map(rows));
  const versions = await dataset.entries();
  return { ...(Object.fromEntries(tables) as Record<Name, TableRow[]>), versions };
}

/** Of each table what counts of its rows: of `runs`, how each ended well. */
export function contents(tables: Tables, fits: ReadonlySet<unknown> = fitsOf(tables)): string[] {
  const rows = NAMES.flatMap((table) => tables[table].map((row) => ({ table, row })));
  return rows
    .filter(({ table, row }) => table !== 'runs' || row.status === 'done')
    .filter(({ table, row }) => table !== 'fits' || fits.has(row.fit_id))
    .map(({ table, row }) => `${table} ${contentOf(row)}`);
}

/** A study that ended with failed runs has fits of what it had: they are no measurements. */
export function fitsOf(tables: Tables): Set<unknown> {
  return new Set(tables.fits.map((row) => row.fit_id));
}

function contentOf(row: TableRow): string {
  return JSON.stringify(Object.entries(row).filter(([name]) => !CIRCUMSTANCES.has(name)));
}

export function countRows(expected: readonly string[], found: readonly string[]): Count {
  const [want, have] = [tally(expected), tally(found)];
  let [doubled, lost, strange] = [0, 0, 0];
  for (const [row, times] of have) {
    if (!want.has(row)) strange += times;
    else doubled += Math.max(0, times - (want.get(row) ?? 0));
  }
  for (const [row, times] of want) lost += Math.max(0, times - (have.get(row) ?? 0));
  return { expected: expected.length, found: found.length, doubled, lost, strange };
}

function tally(rows: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(row, (counts.get(row) ?? 0) + 1);
  return counts;
}
