/** The newest row of each run of a study, for callers that ask repeatedly while the study grows. */
import { Queue } from '../base/parallel';
import type { LoggedFile } from './log-state';
import type { Row, TableName } from './tables';

/** The methods of the dataset that are used here. */
interface Source {
  version(): Promise<number>;
  read<T extends TableName>(
    table: T,
    options: { readonly study: string; readonly version: number },
  ): Promise<Row<T>[]>;
  filesSince(
    seen: number,
    table: TableName,
    study: string,
  ): Promise<{ readonly version: number; readonly files: readonly LoggedFile[] | null }>;
  readFiles<T extends TableName>(
    table: T,
    files: readonly LoggedFile[],
    study: string,
  ): Promise<Row<T>[]>;
}

/** Maximum number of cached views, each of one table and study. */
const MOST_VIEWS = 8;

export class NewestRows {
  /** Least recently used first. */
  private readonly views = new Map<string, View<TableName>>();

  constructor(private readonly dataset: Source) {}

  of<T extends TableName>(table: T, study: string): Promise<ReadonlyMap<string, Row<T>>> {
    const key = `${table}/${study}`;
    const view = (this.views.get(key) ?? new View(this.dataset, table, study)) as View<T>;
    this.views.delete(key);
    this.views.set(key, view);
    const [oldest] = this.views.keys();
    if (oldest !== undefined && this.views.size > MOST_VIEWS) this.views.delete(oldest);
    return view.rows();
  }
}

class View<T extends TableName> {
  private newest = new Map<string, Row<T>>();
  /** The latest version whose files were read. */
  private seen = 0;
  private readonly queue = new Queue();
  private refreshing: Promise<ReadonlyMap<string, Row<T>>> | undefined;

  constructor(
    private readonly dataset: Source,
    private readonly table: T,
    private readonly study: string,
  ) {}

  /** Waiting calls share one refresh, as in the dataset itself. */
  rows(): Promise<ReadonlyMap<string, Row<T>>> {
    this.refreshing ??= this.queue.run(() => {
      this.refreshing = undefined;
      return this.refresh();
    });
    return this.refreshing;
  }

  private async refresh(): Promise<ReadonlyMap<string, Row<T>>> {
    const { table, study, dataset } = this;
    const { version, files } = await dataset.filesSince(this.seen, table, study);
    if (!files) return this.readAll();
    for (const row of await dataset.readFiles(table, files, study))
      this.newest.set(String(row.run_id), row);
    this.seen = version;
    return this.newest;
  }

  /** Reads all rows: after a file was removed, an older row may be the newest again. */
  private async readAll(): Promise<ReadonlyMap<string, Row<T>>> {
    const { table, study } = this;
    const version = await this.dataset.version();
    const rows = await this.dataset.read(table, { study, version });
    this.newest = new Map(rows.map((row) => [String(row.run_id), row]));
    this.seen = version;
    return this.newest;
  }
}
