/** The words of `recommend --replay`. */
import type { RegretCurve, Replay } from '../../predict/replay';
import { formatTable } from './output';

export interface ReplayAnswer extends Replay {
  readonly study: string;
  readonly task: string;
  readonly dataset_version: number;
}

export function replayText(of: ReplayAnswer): string {
  const rows = of.curves[0]?.regret.map((_, i) => [
    String(i + 1),
    ...of.curves.map((curve) => cell(curve, i)),
  ]);
  const until = ['until best', ...of.curves.map(({ until_best }) => until_best.toFixed(1))];
  return [
    `${of.study} on ${of.task}: regret after n fine-tuned variants, had they been taken in each order (dataset version ${of.dataset_version})`,
    '',
    formatTable(['n', ...of.curves.map(({ policy }) => policy)], [...(rows ?? []), until]),
    '',
    `Regret is by how much the best of all ${of.n_variants} (${of.best.variant_id}: ${short(of.best.outcome)}) is better than the best of the first n. ${drawsText(of)}`,
    `loop: predictor ${of.predictor}, ${of.batch} variants a round, a share of ${of.explore} drawn at random. Each choice used only outcomes of variants fine-tuned before it.`,
    ...(of.left_out.length
      ? [
          `Not replayed, for want of an outcome or of what the predictor needs: ${of.left_out.join(', ')}.`,
        ]
      : []),
  ].join('\n');
}

function drawsText({ curves }: Replay): string {
  const most = Math.max(...curves.map(({ n_orders }) => n_orders));
  return `Where orders are drawn: the mean over ${most}, and in brackets the 5% and 95% quantiles; "until best" is the mean number up to and including the best.`;
}

function cell({ regret, low, high, n_orders }: RegretCurve, i: number): string {
  const value = short(regret[i] ?? NaN);
  return n_orders > 1 ? `${value} (${short(low[i] ?? NaN)} - ${short(high[i] ?? NaN)})` : value;
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
