/** How much of its budget a study has spent. Pure. */
import type { Budget } from './schema';

/** The columns of a `runs` row that record what an attempt used. */
export interface SpentRow {
  readonly job: string;
  readonly attempt: number;
  readonly started_at: Date | null;
  readonly ended_at: Date | null;
  readonly gpu_seconds: number | null;
  readonly cost: number | null;
}

/** What an hour of a job uses and costs on its cluster. */
export interface Rates {
  /** GPUs of a job; 0 if it has none. */
  readonly gpus: number;
  /** Price of a job, whatever its resources; null if it is free. */
  readonly price_per_hour: number | null;
  /** Price of each of the job's GPUs; null if they are free. */
  readonly price_per_gpu_hour?: number | null | undefined;
}

export function isPriced({ price_per_hour, price_per_gpu_hour = null }: Rates): boolean {
  return price_per_hour !== null || price_per_gpu_hour !== null;
}

/** The cost of that many hours of a job; null if neither the job nor its GPUs have a price. */
export function costOf(hours: number, rates: Rates): number | null {
  if (!isPriced(rates)) return null;
  const { gpus, price_per_hour, price_per_gpu_hour } = rates;
  return hours * ((price_per_hour ?? 0) + gpus * (price_per_gpu_hour ?? 0));
}

export type Spending = Readonly<Record<keyof Budget, number>>;

export interface Clock {
  readonly now: Date;
  /** When this execution of the study was started. */
  readonly started_at: Date;
  /** Each running job, with the rates of its cluster. */
  readonly running: readonly RunningJob[];
}

export interface RunningJob {
  readonly started_at: Date;
  readonly rates: Rates;
}

/** Every attempt counts, whatever its result; running jobs count up to now. */
export function spending(rows: readonly SpentRow[], clock: Clock): Spending {
  const running = clock.running.map(({ started_at, rates }) => {
    const hours = hoursBetween(started_at, clock.now);
    return { gpu_hours: hours * Math.max(1, rates.gpus), cost: costOf(hours, rates) ?? 0 };
  });
  return {
    gpu_hours: sum([...attempts(rows).map(gpuHours), ...running.map((job) => job.gpu_hours)]),
    cost: sum([...rows.map(({ cost }) => cost ?? 0), ...running.map((job) => job.cost)]),
    wall_hours: hoursBetween(clock.started_at, clock.now),
  };
}

/** `2.03 of 2 GPU-hours are spent`, for the first limit that is reached; null if none is. */
export function overBudget(budget: Budget, spent: Spending): string | null {
  for (const [kind, name] of Object.entries(KINDS) as [keyof Budget, string][]) {
    const limit = budget[kind];
    if (limit !== undefined && spent[kind] >= limit)
      return `the budget: ${show(spent[kind])} of ${limit} ${name} are spent`;
  }
  return null;
}

export const KINDS: Readonly<Record<keyof Budget, string>> = {
  gpu_hours: 'GPU-hours',
  cost: 'in cost',
  wall_hours: 'hours of wall time',
};

export function show(value: number): string {
  return value < 0.01 ? value.toPrecision(1) : value.toFixed(2);
}

/** The rows of each attempt that has ended: all runs of a job are one process and end together. */
export function attempts<T extends SpentRow>(rows: readonly T[]): T[][] {
  const jobs = new Map<string, T[]>();
  for (const row of rows.filter(({ ended_at }) => ended_at !== null)) {
    const key = `${row.job}/${row.attempt}`;
    const known = jobs.get(key);
    if (known) known.push(row);
    else jobs.set(key, [row]);
  }
  return [...jobs.values()];
}

function gpuHours(rows: readonly SpentRow[]): number {
  const recorded = rows.map(({ gpu_seconds }) => gpu_seconds).filter((value) => value !== null);
  if (recorded.length) return sum(recorded) / 3600;
  const [row] = rows;
  return row?.started_at && row.ended_at ? hoursBetween(row.started_at, row.ended_at) : 0;
}

export function hoursBetween(start: Date, end: Date): number {
  return Math.max(0, end.getTime() - start.getTime()) / 3_600_000;
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/**
 * Divides the `total` seconds of a job among its runs: time that no run reports goes to the first
 * one.
 */
export function shareOut(total: number, own: readonly (number | null)[]): number[] {
  const reported = own.map((seconds) => seconds ?? 0);
  const left = Math.max(0, total - sum(reported));
  return reported.map((seconds, i) => (i === 0 ? seconds + left : seconds));
}
