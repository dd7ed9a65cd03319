/** How often each proxy is wrong on one task, with its interval. */
import type { TopLevelSpec } from 'vega-lite';
import type { Row } from '../../dataset/tables';
import { BASELINE } from '../../proxies/unsupervised';
import { bestFit } from '../answer';
import { interval, share } from '../format';
import { renderSvg } from './svg';

type Fit = Row<'fits'>;

const WIDTH = 190;
const ROW_HEIGHT = 26;

export function plotErrorRates(fits: readonly Fit[]): Promise<string> {
  const best = bestFit(fits);
  const values = fits.map((fit) => barOf(fit, best));
  return renderSvg({
    width: WIDTH,
    height: { step: ROW_HEIGHT },
    data: { values },
    encoding: { y: { field: 'proxy', type: 'nominal', sort: null, axis: Y_AXIS } },
    layer: [bars, coinToss, intervals, labels],
  });
}

function barOf(fit: Fit, best: Fit | undefined) {
  const [low, high] = [1 - fit.ci_high, 1 - fit.ci_low];
  return {
    proxy: fit.proxy,
    error: fit.error_rate,
    low,
    high,
    colour: `var(--bar-${fit.proxy === BASELINE ? 'baseline' : fit === best ? 'best' : 'other'})`,
    text: share(fit.error_rate),
    label: `${fit.proxy}: error rate ${share(fit.error_rate)}, 95% interval ${interval(low, high)}`,
  };
}

const Y_AXIS = {
  title: null,
  domain: false,
  ticks: false,
  labelPadding: 8,
  minExtent: 92,
  maxExtent: 92,
} as const;

const error = (field: string) => ({
  field,
  type: 'quantitative' as const,
  scale: { domain: [0, 1] },
  axis: {
    title: 'error rate (share of pairs)',
    values: [0, 0.25, 0.5, 0.75, 1],
    format: '.2~f',
    domain: false,
    ticks: false,
    labelFlush: false,
  },
});

type Layer = Extract<TopLevelSpec, { layer: unknown }>['layer'][number];

/** Corners stay square: for round ones Vega clips, under ids that count up from report to report. */
const bars: Layer = {
  mark: { type: 'bar', height: 14 },
  encoding: {
    x: error('error'),
    color: { field: 'colour', type: 'nominal', scale: null },
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
