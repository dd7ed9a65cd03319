/** One indicator against the outcome of one task: each point is a variant. */
import type { TopLevelSpec } from 'vega-lite';
import { columnFormat } from '../format';
import type { Looks } from '../looks';
import { renderSvg } from './svg';

export interface ScatterPoint {
  readonly variant_id: string;
  readonly indicator: number;
  readonly outcome: number;
}

/** With more points than this, numbers next to them would hide the points. */
export const MOST_NUMBERED = 12;

/** With more points than this, points cover each other. */
export const MOST_DRAWN = 2000;

/**
 * Width of the whole plot, so that plots next to each other have one scale, whatever their labels.
 */
const SIZE = {
  width: 210,
  height: 175,
  autosize: { type: 'fit', contains: 'padding' },
} as const;

/** The labels of the axes. */
export interface ScatterTitles {
  readonly x: string;
  readonly y: string;
}

export function plotScatter(
  points: readonly ScatterPoint[],
  looks: Looks,
  titles: ScatterTitles,
): Promise<string> {
  const describe = describer(points);
  const values = thinned(points).map((point) => {
    const look = looks.variants.get(point.variant_id);
    return {
      x: point.indicator,
      y: point.outcome,
      color: `var(--c${look?.color ?? 0})`,
      shape: look?.shape.name ?? 'circle',
      number: String(look?.number ?? ''),
      label: `${point.variant_id}${look?.words ? ` (${look.words})` : ''}: ${describe(point)}`,
    };
  });
  const numbered = looks.variants.size <= MOST_NUMBERED;
  return renderSvg({
    ...SIZE,
    data: { values },
    encoding: { x: axis('x', titles.x), y: axis('y', titles.y) },
    layer: numbered ? [symbols, numbers] : [symbols],
  });
}

/** Evenly spaced in the order of recording, which does not depend on the numbers. */
function thinned(points: readonly ScatterPoint[]): readonly ScatterPoint[] {
  const step = points.length / MOST_DRAWN;
  if (step <= 1) return points;
  return Array.from({ length: MOST_DRAWN }, (_, i) => points[Math.floor(i * step)]).filter(
    (point) => point !== undefined,
  );
}

function describer(points: readonly ScatterPoint[]): (point: ScatterPoint) => string {
  const indicator = columnFormat(points.map((point) => point.indicator));
  const outcome = columnFormat(points.map((point) => point.outcome));
  return (point) => `${indicator(point.indicator)}, outcome ${outcome(point.outcome)}`;
}

const axis = (field: string, title: string) => ({
  field,
  type: 'quantitative' as const,
  scale: { zero: false, nice: true, padding: 6 },
  axis: { title, tickCount: 4, labelFlush: false, grid: true },
});

type Layer = Extract<TopLevelSpec, { layer: unknown }>['layer'][number];

const symbols: Layer = {
  mark: {
    type: 'point',
    filled: true,
    size: 46,
    opacity: 0.85,
    stroke: 'var(--paper)',
    strokeWidth: 0.6,
  },
  encoding: {
    color: { field: 'color', type: 'nominal', scale: null },
    shape: { field: 'shape', type: 'nominal', scale: null },
    description: { field: 'label' },
  },
};

const numbers: Layer = {
  mark: { type: 'text', dx: 9, dy: -6, fontSize: 9, color: 'var(--muted)', aria: false },
  encoding: { text: { field: 'number', type: 'nominal' } },
};
