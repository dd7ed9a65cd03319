/** How often each predictor is wrong on one task, with its interval. */
import type { Row } from '../../dataset/tables';
import { bestFit } from '../answer';
import { interval, share } from '../format';
import { nameAxis, shareAcross, type Layer } from './axes';
import { renderSvg } from './svg';

type Fit = Row<'fits'>;

const WIDTH = 190;
const ROW_HEIGHT = 26;
const LABEL_WIDTH = 92;

export function plotErrorRates(fits: readonly Fit[], baseline: string | null): Promise<string> {
  const best = bestFit(fits);
  const values = fits.map((fit) => barOf(fit, best, baseline));
  return renderSvg({
    width: WIDTH,
    height: { step: ROW_HEIGHT },
    data: { values },
    encoding: {
      y: {
        field: 'proxy',
        type: 'nominal',
        sort: null,
        axis: nameAxis(LABEL_WIDTH, 2 * LABEL_WIDTH),
      },
    },
    layer: [bars, coinToss, intervals, labels],
  });
}

function barOf(fit: Fit, best: Fit | undefined, baseline: string | null) {
  const [low, high] = [1 - fit.ci_high, 1 - fit.ci_low];
  return {
    proxy: fit.proxy,
    error: fit.error_rate,
    low,
    high,
    color: `var(--bar-${fit.proxy === baseline ? 'baseline' : fit === best ? 'best' : 'other'})`,
    text: share(fit.error_rate),
    label: `${fit.proxy}: error rate ${share(fit.error_rate)}, 95% interval ${interval(low, high)}`,
  };
}

const error = (field: string) => shareAcross(field, 'error rate (share of pairs)');

/** Square corners: for round ones Vega uses clip paths, whose ids differ from report to report. */
const bars: Layer = {
  mark: { type: 'bar', height: 14 },
  encoding: {
    x: error('error'),
    color: { field: 'color', type: 'nominal', scale: null },
    description: { field: 'label' },
  },
};

const coinToss: Layer = {
  mark: { type: 'rule', strokeDash: [3, 3], color: 'var(--axis)', aria: false },
  encoding: { x: { datum: 0.5 }, y: { value: 0 }, y2: { value: 'height' } },
};

const intervals: Layer = {
  mark: { type: 'rule', strokeWidth: 1.5, color: 'var(--ink)', aria: false },
  encoding: { x: error('low'), x2: { field: 'high' } },
};

const labels: Layer = {
  mark: { type: 'text', align: 'left', dx: 8, fontSize: 11, color: 'var(--ink)', aria: false },
  encoding: { x: { value: 'width' }, text: { field: 'text', type: 'nominal' } },
};
