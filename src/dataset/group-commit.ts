/**
 * Joins concurrent commits of one process into one entry of the log: while an entry is being
 * written, and for a short time after, the next commits are collected. Each keeps its own key and
 * content. A commit that is already recorded, or conflicts with the record, is settled alone and
 * does not affect the others.
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
  /** Every access to the state goes through this queue. */
  readonly queue: Queue;
  /** The state with all commits before the call. */
  refresh(): Promise<LogState>;
  /** The last known state. */
  opened(): Promise<LogState>;
  /** Called after each entry, when the promises of its commits are settled. */
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
      // Some promises of the group may be settled already; rejecting them again has no effect.
      for (const { reject } of group) reject(error);
    }
  }

  /** A second commit with the same key waits for the first, and is settled by what it recorded. */
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

  /** Settles the commits that are in the log; returns the others. */
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
      // Rows that another process has recorded meanwhile must not be in our files too.
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
