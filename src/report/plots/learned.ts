/** Accuracy of each predictor of one task on held-out pairs, with its interval. */
import { interval, share } from '../format';
import { kindOf, type Fit, type Kind } from '../learned-groups';
import { nameAxis, shareAcross, type Layer } from './axes';
import { renderSvg } from './svg';

const ROW_HEIGHT = 22;
const LABEL_WIDTH = 140;

const COLOR_OF: Readonly<Record<Kind, string>> = {
  learned: 'var(--accent)',
  configuration: 'var(--c1)',
  baseline: 'var(--muted)',
  proxy: 'var(--axis)',
};

export function plotLearned(fits: readonly Fit[], baseline: string | null): Promise<string> {
  return renderSvg({
    width: 160,
    height: { step: ROW_HEIGHT },
    data: { values: fits.map((fit) => dotOf(fit, baseline)) },
    encoding: {
      y: {
        field: 'name',
        type: 'nominal',
        sort: null,
        axis: nameAxis(LABEL_WIDTH, 1.25 * LABEL_WIDTH),
      },
      color: { field: 'color', type: 'nominal', scale: null },
    },
    layer: [coin, intervals, dots, labels],
  });
}

function dotOf(fit: Fit, baseline: string | null) {
  const { accuracy, ci_low, ci_high } = fit;
  return {
    name: nameOf(fit),
    accuracy,
    ci_low,
    ci_high,
    color: COLOR_OF[kindOf(fit, baseline)],
    text: share(accuracy),
    label: `${nameOf(fit)}: accuracy ${share(accuracy)}, 95% interval ${interval(ci_low, ci_high)}`,
  };
}

export function nameOf({ proxy, features }: Fit): string {
  return features === 'both' ? `${proxy} + config` : proxy;
}

const accuracy = (field: string) => shareAcross(field, 'accuracy on held-out pairs');

const coin: Layer = {
  mark: { type: 'rule', strokeDash: [3, 3], color: 'var(--axis)', aria: false },
  encoding: {
    x: { datum: 0.5 },
    y: { value: 0 },
    y2: { value: 'height' },
    color: { value: 'var(--axis)' },
  },
};

const intervals: Layer = {
  mark: { type: 'rule', strokeWidth: 1.8, aria: false },
  encoding: { x: accuracy('ci_low'), x2: { field: 'ci_high' } },
};

const dots: Layer = {
  mark: { type: 'point', filled: true, size: 52, opacity: 1 },
  encoding: { x: accuracy('accuracy'), description: { field: 'label' } },
};

const labels: Layer = {
  mark: { type: 'text', align: 'left', dx: 8, fontSize: 11, aria: false },
  encoding: {
    x: { value: 'width' },
    text: { field: 'text', type: 'nominal' },
    color: { value: 'var(--ink)' },
  },
};
