/**
 * Predicted probabilities against how often they came true: calibrated ones are on the diagonal.
 */
import { count, share } from '../format';
import type { ReliabilityBin } from '../../predict/calibration';
import { COLORS, PLOT_SIZE, shareScale, type Layer } from './axes';
import { renderSvg } from './svg';

export function plotReliability(bins: readonly ReliabilityBin[]): Promise<string> {
  const values = bins.map(({ mean_probability, share_better, n }) => ({
    said: mean_probability,
    came: share_better,
    n,
    label: `predicted ${share(mean_probability)}, true in ${share(share_better)} of ${count(n)} answers`,
  }));
  return renderSvg({ ...PLOT_SIZE, layer: [diagonal, line(values)] });
}

const diagonal: Layer = {
  data: {
    values: [
      { said: 0, came: 0 },
      { said: 1, came: 1 },
    ],
  },
  mark: { type: 'line', strokeDash: [3, 3], color: COLORS.line, strokeWidth: 1, aria: false },
  encoding: {
    x: shareScale('said', 'predicted probability'),
    y: shareScale('came', 'share that came true'),
  },
};

const line = (values: readonly object[]): Layer => ({
  data: { values: [...values] },
  encoding: {
    x: shareScale('said', 'predicted probability'),
    y: shareScale('came', 'share that came true'),
  },
  layer: [
    { mark: { type: 'line', color: COLORS.predictor, strokeWidth: 1.6, aria: false } },
    {
      mark: { type: 'point', filled: true, opacity: 1, color: COLORS.predictor },
      encoding: {
        size: { field: 'n', type: 'quantitative', scale: { range: [14, 110] }, legend: null },
        description: { field: 'label' },
      },
    },
  ],
});
