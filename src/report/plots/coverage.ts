/** Accuracy on the most confident pairs, against the share of pairs that is decided. */
import type { CoveragePoint } from '../../predict/coverage';
import { share } from '../format';
import { COLORS, coinToss, PLOT_SIZE, shareScale, type Layer } from './axes';
import { renderSvg } from './svg';

export interface Decision {
  readonly coverage: number;
  readonly accuracy: number;
}

/** More points than pixels draw the same line. */
const MOST_POINTS = 120;
/** The accuracy of a handful of pairs is noise, which would hide the rest of the line. */
const LEAST_COVERAGE = 0.04;

export function plotCoverage(
  points: readonly CoveragePoint[],
  decided: Decision | null,
): Promise<string> {
  const [left, right] = ['share of pairs decided', 'accuracy on those pairs'];
  const encoding = { x: shareScale('coverage', left), y: shareScale('accuracy', right) };
  const line: Layer = {
    data: { values: thin(points.filter(({ coverage }) => coverage >= LEAST_COVERAGE)) },
    mark: { type: 'line', color: COLORS.predictor, strokeWidth: 1.8, aria: false },
    encoding,
  };
  const chosen: Layer = {
    data: {
      values: decided
        ? [
            {
              ...decided,
              label: `share decided ${share(decided.coverage)}, accuracy ${share(decided.accuracy)}`,
            },
          ]
        : [],
    },
    mark: { type: 'point', filled: true, size: 80, opacity: 1, color: 'var(--c1)' },
    encoding: { ...encoding, description: { field: 'label' } },
  };
  return renderSvg({ ...PLOT_SIZE, layer: [coinToss, line, chosen] });
}

function thin(points: readonly CoveragePoint[]): CoveragePoint[] {
  const step = Math.ceil(points.length / MOST_POINTS);
  return points.filter((_, i) => i % step === 0 || i === points.length - 1);
}
