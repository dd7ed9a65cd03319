/** The newest row of each run of a study, for who asks again and again while the study grows. */
import { Queue } from '../base/parallel';
import type { LoggedFile } from './log-state';
import type { Row, TableName } from './tables';

/** What is asked of the dataset. */
interface Source {
  version(): Promise<number>;
  read<T extends TableName>(
    table: T,
    of: { readonly study: string; readonly version: number },
  ): Promise<Row<T>[]>;
  filesSince(
    seen: number,
    table: TableName,
    study: string,
  ): Promise<{ readonly version: number; readonly files: readonly LoggedFile[] | null }>;
  readFiles<T extends TableName>(table: T, files: readonly LoggedFile[]): Promise<Row<T>[]>;
}

/** Tables of studies that are kept at once. */
const MOST_VIEWS = 8;

export class NewestRows {
  /** Oldest use first. */
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
  /** The version whose files were read last. */
  private seen = 0;
  private readonly queue = new Queue();
  private refreshing: Promise<ReadonlyMap<string, Row<T>>> | undefined;

  constructor(
    private readonly dataset: Source,
    private readonly table: T,
    private readonly study: string,
  ) {}

  /** Calls that wait share one look, as in the dataset itself. */
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
    if (!files) return this.readAnew();
    for (const row of await dataset.readFiles(table, files))
      if (row.study === study) this.newest.set(String(row.run_id), row);
    this.seen = version;
    return this.newest;
  }

  /** A file that was removed may have held a row that an older one now replaces. */
  private async readAnew(): Promise<ReadonlyMap<string, Row<T>>> {
    const { table, study } = this;
    const version = await this.dataset.version();
    const rows = await this.dataset.read(table, { study, version });
    this.newest = new Map(rows.map((row) => [String(row.run_id), row]));
    this.seen = version;
    return this.newest;
  }
}
