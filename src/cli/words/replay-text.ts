/** The output of `recommend --replay`. */
import type { RegretCurve, Replay } from '../../predict/replay';
import { formatTable } from './output';

export interface ReplayAnswer extends Replay {
  readonly study: string;
  readonly task: string;
  readonly dataset_version: number;
}

export function replayText(answer: ReplayAnswer): string {
  const rows = answer.curves[0]?.regret.map((_, i) => [
    String(i + 1),
    ...answer.curves.map((curve) => cell(curve, i)),
  ]);
  const until = ['until best', ...answer.curves.map(({ until_best }) => until_best.toFixed(1))];
  return [
    `${answer.study} on ${answer.task}: regret after n fine-tuned variants, for each order of fine-tuning (dataset version ${answer.dataset_version})`,
    '',
    formatTable(['n', ...answer.curves.map(({ policy }) => policy)], [...(rows ?? []), until]),
    '',
    `Regret is how much better the best of all ${answer.n_variants} variants (${answer.best.variant_id}: ${short(answer.best.outcome)}) is than the best of the first n. ${drawsText(answer)}`,
    `loop: predictor ${answer.predictor}, ${answer.batch} variants per round, a share of ${answer.explore} drawn at random. Each choice used only outcomes of variants fine-tuned before it.`,
    ...(answer.left_out.length
      ? [
          `Not replayed, because an outcome or a value that the predictor needs is missing: ${answer.left_out.join(', ')}.`,
        ]
      : []),
  ].join('\n');
}

function drawsText({ curves }: Replay): string {
  const most = Math.max(...curves.map(({ n_orders }) => n_orders));
  return `For random orders: the mean over ${most}, with the 5% and 95% quantiles in parentheses. "until best" is the mean number of variants up to and including the best.`;
}

function cell({ regret, low, high, n_orders }: RegretCurve, i: number): string {
  const value = short(regret[i] ?? NaN);
  return n_orders > 1 ? `${value} (${short(low[i] ?? NaN)} - ${short(high[i] ?? NaN)})` : value;
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
