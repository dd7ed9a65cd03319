/**
 * Joins the commits that one process makes at the same time into one entry of the log: while one entry
 * is being written, and a moment longer, the next ones gather. Each keeps its own key and content; one
 * that is on record already, or is in conflict with what is, ends alone and harms none of the others.
 */
import {
  changeOf,
  type CommitResult,
  type CommitWriter,
  type PreparedCommit,
  type WrittenGroup,
} from './commit';
import type { LogState } from './log-state';
import type { Queue } from '../base/parallel';
import { pause } from '../base/processes';

/** Above this a data file is large enough on its own. */
const MOST_ROWS = 20_000;

interface Waiting {
  readonly commit: PreparedCommit;
  readonly resolve: (result: CommitResult) => void;
  readonly reject: (error: unknown) => void;
}

export interface Log {
  /** All that touches the state goes through here. */
  readonly queue: Queue;
  /** The state with all that was committed before the call. */
  refresh(): Promise<LogState>;
  /** The state as it was last seen. */
  opened(): Promise<LogState>;
  /** Called after each entry, when its commits have been told. */
  recorded(state: LogState): Promise<void>;
  readonly gatherMs: number;
}

export class GroupCommitter {
  private waiting: Waiting[] = [];
  private working = false;

  constructor(
    private readonly writer: CommitWriter,
    private readonly log: Log,
  ) {}

  add(commit: PreparedCommit): Promise<CommitResult> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ commit, resolve, reject });
      if (!this.working) void this.work();
    });
  }

  private async work(): Promise<void> {
    this.working = true;
    for (;;) {
      await this.recordNext();
      if (!this.waiting.length) break;
      if (this.log.gatherMs) await pause(this.log.gatherMs);
    }
    this.working = false;
  }

  private async recordNext(): Promise<void> {
    const group = this.take();
    try {
      await this.record(group);
    } catch (error) {
      // Those of the group that ended have been told; to tell them again does nothing.
      for (const { reject } of group) reject(error);
    }
  }

  /** A second commit of one key waits for the first, and ends by what that left on record. */
  private take(): Waiting[] {
    const group = new Map<string, Waiting>();
    const left: Waiting[] = [];
    let rows = 0;
    for (const one of this.waiting) {
      const fits = rows < MOST_ROWS && !group.has(one.commit.key);
      if (fits) group.set(one.commit.key, one);
      else left.push(one);
      if (fits) rows += one.commit.tables.reduce((sum, table) => sum + table.rows, 0);
    }
    this.waiting = left;
    return [...group.values()];
  }

  private async record(group: readonly Waiting[]): Promise<void> {
    const fresh = this.withoutSettled(await this.log.refresh(), group);
    if (!fresh.length) return;
    const written = await this.writer.writeData(fresh.map(({ commit }) => commit));
    await this.log.queue.run(() => this.append(fresh, written));
  }

  /** Tells those that the log has. */
  private withoutSettled(state: LogState, group: readonly Waiting[]): Waiting[] {
    return group.filter(({ commit, resolve, reject }) => {
      try {
        const settled = this.writer.settled(state, commit);
        if (settled) resolve(settled);
        return !settled;
      } catch (error) {
        reject(error);
        return false;
      }
    });
  }

  private async append(group: readonly Waiting[], written: WrittenGroup): Promise<void> {
    const state = await this.log.opened();
    for (;;) {
      const fresh = this.withoutSettled(state, group);
      if (!fresh.length) return;
      // What another process recorded meanwhile must not stand in our files too.
      if (fresh.length < written.commits.length || this.writer.isStale(written))
        written = await this.freshData(fresh);
      const version = await this.writer.append(state, changeOf(written));
      if (version === null) continue;
      for (const { resolve } of fresh) resolve({ version, outcome: 'committed' });
      return this.log.recorded(state);
    }
  }

  private async freshData(group: readonly Waiting[]): Promise<WrittenGroup> {
    const commits = group.map(({ commit }) => commit);
    let written = await this.writer.writeData(commits);
    while (this.writer.isStale(written)) written = await this.writer.writeData(commits);
    return written;
  }
}
