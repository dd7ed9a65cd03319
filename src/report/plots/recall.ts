/** How often the best variant is among the first k of the ranking, with the baseline and chance. */
import type { Ranking } from '../findings';
import { count } from '../format';
import { COLORS, PLOT_SIZE, shareScale, type Layer } from './axes';
import { renderSvg } from './svg';

type Recall = Pick<Ranking, 'recall_at' | 'baseline' | 'n_variants'>;

export function plotRecall({ recall_at, baseline, n_variants }: Recall): Promise<string> {
  const chance = recall_at.map((_, i) => (i + 1) / n_variants);
  return renderSvg({
    ...PLOT_SIZE,
    layer: [
      line(chance, COLORS.line, [3, 3]),
      ...(baseline ? [line(baseline, COLORS.baseline)] : []),
      line(recall_at, COLORS.predictor),
    ],
  });
}

/** What the plot leaves out, in words; empty if it shows every rank. */
export function recallCut({ recall_at: { length }, n_variants }: Recall): string {
  if (length >= n_variants) return '';
  return `The plot shows the first ${count(length)} of ${count(n_variants)} ranks.`;
}

const line = (recall: readonly number[], color: string, strokeDash: number[] = []): Layer => ({
  data: { values: recall.map((share, i) => ({ k: i + 1, share })) },
  mark: { type: 'line', color, strokeDash, strokeWidth: strokeDash.length ? 1 : 1.8, aria: false },
  encoding: {
    x: {
      field: 'k',
      type: 'quantitative',
      scale: { domain: [1, Math.max(2, recall.length)] },
      axis: {
        title: 'variants fine-tuned, best ranked first',
        tickMinStep: 1,
        tickCount: 6,
        grid: false,
      },
    },
    y: shareScale('share', 'best variant among them'),
  },
});
