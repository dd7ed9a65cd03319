/** What plots of shares have in common. */
import type { TopLevelSpec } from 'vega-lite';

export type Layer = Extract<TopLevelSpec, { layer: unknown }>['layer'][number];

/** Width of the whole plot, so that plots next to each other have one scale. */
export const PLOT_SIZE = {
  width: 340,
  height: 215,
  autosize: { type: 'fit', contains: 'padding' },
} as const;

export const COLORS = {
  predictor: 'var(--accent)',
  baseline: 'var(--bar-baseline)',
  line: 'var(--axis)',
} as const;

interface ShareScale {
  readonly field: string;
  readonly type: 'quantitative';
  readonly scale: { domain: number[] };
  readonly axis: { title: string; values: number[]; format: string; labelFlush: boolean };
}

/** From 0 to 1. */
export function shareScale(field: string, title: string): ShareScale {
  return {
    field,
    type: 'quantitative',
    scale: { domain: [0, 1] },
    axis: { title, values: [0, 0.25, 0.5, 0.75, 1], format: '.2~f', labelFlush: false },
  };
}

/** The same for the x axis of a plot in a row of plots: numbers, without a line below them. */
// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- the inferred literal is the contract
export function shareAcross(field: string, title: string) {
  const scale = shareScale(field, title);
  return { ...scale, axis: { ...scale.axis, domain: false, ticks: false } };
}

/** The accuracy of a coin toss, as a line across the plot. */
export const coinToss: Layer = {
  mark: { type: 'rule', strokeDash: [3, 3], color: COLORS.line, aria: false },
  encoding: { y: { datum: 0.5 } },
};

/** Names of a plot's rows, in a column of fixed width, so that the plots of a row are aligned. */
// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- the inferred literal is the contract
export function nameAxis(width: number, labelLimit: number) {
  return {
    title: null,
    domain: false,
    ticks: false,
    labelPadding: 8,
    minExtent: width,
    maxExtent: width,
    labelLimit,
  };
}
