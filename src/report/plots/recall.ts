/** How often the best variant is among the first k of the ranking, beside perplexity and chance. */
import { COLOURS, PLOT_SIZE, shareScale, type Layer } from './axes';
import { renderSvg } from './svg';

export function plotRecall(
  predictor: readonly number[],
  perplexity: readonly number[] | null,
): Promise<string> {
  const n = predictor.length;
  const chance = predictor.map((_, i) => (i + 1) / n);
  return renderSvg({
    ...PLOT_SIZE,
    layer: [
      line(chance, COLOURS.line, [3, 3]),
      ...(perplexity ? [line(perplexity, COLOURS.perplexity)] : []),
      line(predictor, COLOURS.predictor),
    ],
  });
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
    y: shareScale('share', 'best one is among them'),
  },
});
