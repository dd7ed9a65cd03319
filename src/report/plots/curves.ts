/** Training logs: each line is a run, colored by a setting of its variant. */
import type { Looks } from '../looks';
import { metricName } from '../names';
import type { CurvePlot } from '../training-curves';
import { renderSvg } from './svg';

export function plotCurves(plot: CurvePlot, looks: Looks): Promise<string> {
  const values = plot.lines.flatMap(({ run_id, variant_id, points }) => {
    const look = looks.variants.get(variant_id);
    const color = look ? `var(--c${look.color})` : 'var(--muted)';
    return points.map((point) => ({ ...point, run_id, color, label: run_id }));
  });
  return renderSvg({
    width: 360,
    height: 220,
    autosize: { type: 'fit', contains: 'padding' },
    data: { values },
    // A line with a single point is invisible without a dot.
    mark: { type: 'line', strokeWidth: 1.4, opacity: 0.85, point: hasLonePoint(plot) },
    encoding: {
      x: {
        field: 'x',
        type: 'quantitative',
        axis: {
          title: plot.x === 'tokens' ? 'training tokens' : 'optimizer steps',
          format: '~s',
          tickCount: 5,
        },
      },
      y: {
        field: 'y',
        type: 'quantitative',
        scale: { zero: false },
        axis: { title: metricName(plot.metric), tickCount: 5 },
      },
      detail: { field: 'run_id' },
      color: { field: 'color', type: 'nominal', scale: null },
      description: { field: 'label' },
    },
  });
}

function hasLonePoint({ lines }: CurvePlot): boolean {
  return lines.some(({ points }) => points.length === 1);
}
