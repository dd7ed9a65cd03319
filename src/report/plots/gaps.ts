/** Accuracy by the difference of a pair's outcomes, with the baseline's. */
import { measured, share } from '../format';
import type { Gap } from '../findings';
import { COLORS, PLOT_SIZE, shareScale, type Layer } from './axes';
import { renderSvg } from './svg';

export function plotGaps(gaps: readonly Gap[]): Promise<string> {
  const values = gaps.map((gap) => ({
    ...gap,
    from: measured(gap.gap_low),
    label: `difference of outcomes ${gap.range}: ${share(gap.accuracy)} of ${gap.n_pairs} pairs${gap.baseline === null ? '' : `; baseline ${share(gap.baseline)}`}`,
  }));
  return renderSvg({
    ...PLOT_SIZE,
    data: { values },
    encoding: {
      x: {
        field: 'from',
        type: 'nominal',
        sort: null,
        axis: {
          title: 'difference of the two outcomes, from',
          labelAngle: 0,
        },
      },
    },
    layer: [bars, coin, intervals, baseline],
  });
}

const bars: Layer = {
  mark: { type: 'bar', color: 'var(--bar-best)' },
  encoding: {
    y: shareScale('accuracy', 'accuracy'),
    description: { field: 'label' },
  },
};

const intervals: Layer = {
  mark: { type: 'rule', color: 'var(--ink)', strokeWidth: 1.4, aria: false },
  encoding: { y: shareScale('ci_low', 'accuracy'), y2: { field: 'ci_high' } },
};

const baseline: Layer = {
  mark: { type: 'tick', color: COLORS.baseline, thickness: 3, aria: false },
  encoding: { y: shareScale('baseline', 'accuracy') },
};

/** Not the other plots' `coinToss`: a mark without an x position would inherit that of the bars. */
const coin: Layer = {
  mark: { type: 'rule', strokeDash: [3, 3], color: 'var(--ink)', strokeWidth: 0.8, aria: false },
  encoding: { x: { value: 0 }, x2: { value: 'width' }, y: { datum: 0.5 } },
};
