/** The time and cost of the stages of a study, including failed attempts. Pure. */
import { attempts, hoursBetween, shareOut, sum, type SpentRow } from './spending';
import { STAGES } from './vocabulary';

/** The columns of a `runs` row that record what was spent on which run. */
export interface ExpenseRow extends SpentRow {
  readonly stage: string;
  readonly status: string;
  readonly wall_seconds: number | null;
}

export interface Expense {
  readonly stage: string;
  /** Attempts at runs that have ended. */
  readonly attempts: number;
  /** Those of them without a result. */
  readonly lost: number;
  /** Hours of all attempts. */
  readonly hours: number;
  /** Hours of the attempts without a result. */
  readonly lost_hours: number;
  /** Null if neither GPU time nor a price is recorded. */
  readonly gpu_hours: number | null;
  readonly cost: number | null;
}

interface Item {
  readonly row: ExpenseRow;
  readonly hours: number;
}

/** By stage, in the order of the pipeline. A job's time is divided among its runs. */
export function expenses(rows: readonly ExpenseRow[]): Expense[] {
  const items = attempts(rows).flatMap(itemsOf);
  return STAGES.flatMap((stage) => {
    const own = items.filter(({ row }) => row.stage === stage);
    return own.length ? [expense(stage, own)] : [];
  });
}

function itemsOf(rows: readonly ExpenseRow[]): Item[] {
  const [first] = rows;
  if (!first?.ended_at) return [];
  // A job that could not be started took no time, but may have a price.
  const hours = shareOut(
    hoursBetween(first.started_at ?? first.ended_at, first.ended_at),
    rows.map(({ wall_seconds }) => wall_seconds && wall_seconds / 3600),
  );
  return rows.map((row, i) => ({ row, hours: hours[i] ?? 0 }));
}

function expense(stage: string, items: readonly Item[]): Expense {
  const lost = items.filter(({ row }) => row.status !== 'done');
  const gpu_seconds = total(items.map(({ row }) => row.gpu_seconds));
  return {
    stage,
    attempts: items.length,
    lost: lost.length,
    hours: sum(items.map(({ hours }) => hours)),
    lost_hours: sum(lost.map(({ hours }) => hours)),
    gpu_hours: gpu_seconds && gpu_seconds / 3600,
    cost: total(items.map(({ row }) => row.cost)),
  };
}

/** The sum of the known values; null if none is known. */
export function total(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length ? sum(known) : null;
}
