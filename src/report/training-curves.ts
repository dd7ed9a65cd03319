/** Training logs as lines to plot. Pure. */
import type { Row } from '../dataset/tables';
import { mapGroups } from '../predict/measurements';

type Point = Row<'curves'>;

export interface CurveLine {
  readonly run_id: string;
  readonly variant_id: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

/** Lines that belong in one plot: the same stage, task, metric and domain. */
export interface CurvePlot {
  readonly title: string;
  readonly metric: string;
  readonly x: 'tokens' | 'step';
  readonly lines: readonly CurveLine[];
  /** Number of points that are not finite, from a diverged training; they cannot be drawn. */
  readonly not_finite: number;
}

/** Points in a plot, so that a report of a large study still opens quickly. */
const MOST_POINTS = 6000;
const LEAST_POINTS_PER_LINE = 20;

export function curvePlots(rows: readonly Point[]): CurvePlot[] {
  const newest = mapGroups(
    rows,
    (row) => row.run_id,
    (group) => group.reduce((most, row) => Math.max(most, row.attempt), 0),
  );
  const current = rows.filter((row) => row.attempt === newest.get(row.run_id));
  const plots = mapGroups(current, titleOf, (group) => plotOf(titleOf(group[0]), group));
  return [...plots.values()];
}

/** `pretrain · loss`, `sft cms · loss · world`. */
function titleOf(row: Point | undefined): string {
  if (!row) return '';
  const [stage, task] = row.run_id.slice(row.variant_id.length + 1).split('/');
  const parts = [[stage, task].filter(Boolean).join(' '), row.metric, row.domain];
  return parts.filter(Boolean).join(' · ');
}

function plotOf(title: string, rows: readonly Point[]): CurvePlot {
  const x = rows.some((row) => row.tokens > 0) ? 'tokens' : 'step';
  const drawn = rows.filter((row) => Number.isFinite(row.value));
  const lines = mapGroups(
    drawn,
    (row) => row.run_id,
    (group) => lineOf(group, x),
  );
  const limit = Math.max(LEAST_POINTS_PER_LINE, Math.floor(MOST_POINTS / lines.size));
  return {
    title,
    metric: rows[0]?.metric ?? '',
    x,
    lines: [...lines.values()].map((line) => ({ ...line, points: thin(line.points, limit) })),
    not_finite: rows.length - drawn.length,
  };
}

function lineOf(rows: readonly Point[], x: 'tokens' | 'step'): CurveLine {
  const points = rows.map((row) => ({ x: row[x], y: row.value })).sort((a, b) => a.x - b.x);
  const { run_id = '', variant_id = '' } = rows[0] ?? {};
  return { run_id, variant_id, points };
}

/** Every k-th point, and the last. */
function thin<T>(points: readonly T[], limit: number): readonly T[] {
  const step = Math.ceil(points.length / limit);
  return points.filter((_, i) => i % step === 0 || i === points.length - 1);
}
