/** The words of `compare` and `recommend`, for a reader who has not seen the code. */
import type { Comparison, Evidence } from '../../predict/compare';
import type { Recommendation } from '../../predict/recommend';
import type { Savings } from '../../predict/savings';
import { formatTable } from './output';

export interface ComparisonAnswer extends Comparison {
  readonly study: string;
  readonly task: string;
  readonly a: string;
  readonly b: string;
  readonly dataset_version: number;
}

export interface RecommendationAnswer extends Recommendation {
  readonly study: string;
  readonly task: string;
  readonly dataset_version: number;
  readonly savings: Savings | null;
}

export function comparisonText(of: ComparisonAnswer): string {
  const rows = of.evidence.map((one) => evidenceRow(one, of));
  const head = ['feature', of.a, of.b, 'better value', 'right alone', 'speaks for'];
  return [
    verdictText(of),
    '',
    formatTable(head, rows),
    '',
    decisionText(of),
    `Neither outcome of the two was used: the answer is learned from ${of.n_trained} other variants of ${of.study} (dataset version ${of.dataset_version}).`,
    backtestText(of),
  ].join('\n');
}

function verdictText({
  a,
  b,
  task,
  verdict,
  p_a_better,
  ci_low,
  ci_high,
}: ComparisonAnswer): string {
  const flip = p_a_better < 0.5;
  const [first, second] = flip ? [b, a] : [a, b];
  const [p, low, high] = flip
    ? [1 - p_a_better, 1 - ci_high, 1 - ci_low]
    : [p_a_better, ci_low, ci_high];
  const figures = `probability ${p.toFixed(3)}, 95% interval ${low.toFixed(3)} to ${high.toFixed(3)}`;
  return verdict === 'too-close'
    ? `Too close to call: whether ${first} or ${second} will be better on ${task} is not known (${first} with ${figures}).`
    : `${first} is likely to be better than ${second} on ${task}: ${figures}.`;
}

function evidenceRow(one: Evidence, { a, b }: ComparisonAnswer): string[] {
  const name = { a, b, tie: 'equal' };
  return [
    one.better === 'lower' ? `${one.indicator} (lower is better)` : one.indicator,
    String(Number(one.value_a.toPrecision(6))),
    String(Number(one.value_b.toPrecision(6))),
    name[one.says],
    one.accuracy_alone.toFixed(3),
    speaksFor(one, a, b),
  ];
}

/** Log-odds: 0.1 moves a probability of one half by .025. */
function speaksFor({ contribution }: Evidence, a: string, b: string): string {
  if (contribution === null) return '-';
  const size = Math.abs(contribution).toFixed(2);
  return Number(size) === 0 ? 'neither' : `${contribution > 0 ? a : b} (${size})`;
}

const RIGHT_ALONE = '"right alone" is how often the variant with the better value came out better.';
const SPEAKS_FOR =
  '"speaks for" is what the feature, beside the others, adds to the log-odds. A feature that misleads alone may speak against the better value.';

function decisionText({ decided_by, verdict, evidence, predictor }: ComparisonAnswer): string {
  if (evidence.every(({ contribution }) => contribution === null))
    return `The answer is that of predictor ${predictor}. ${RIGHT_ALONE}`;
  const decided = decided_by
    ? `${decided_by} decided most.`
    : verdict === 'too-close'
      ? 'Nothing decided.'
      : '';
  return `Predictor ${predictor}: ${decided} ${RIGHT_ALONE} ${SPEAKS_FOR}`;
}

function backtestText({ backtest }: ComparisonAnswer): string {
  return `Asked in the same way about ${backtest.n_pairs} pairs of those variants, it named the better one in ${backtest.accuracy.toFixed(3)}; its probabilities were off by ${backtest.ece.toFixed(3)} on average.`;
}

export function recommendationText(of: RecommendationAnswer): string {
  const shown = of.ranking.slice(0, Math.max(of.top, 10));
  const rows = shown.map((one) => [
    `${one.rank}${one.rank <= of.top ? ' *' : ''}`,
    one.variant_id,
    one.p_best.toFixed(3),
    one.score.toFixed(2),
    one.fine_tuned ? 'yes' : 'no',
  ]);
  return [
    `${of.study} on ${of.task}: the ${of.top} marked * are the ones to fine-tune`,
    '',
    formatTable(['rank', 'variant', 'best of all', 'score', 'fine-tuned'], rows),
    ...hiddenText(of.ranking.length - shown.length),
    '',
    `The best of all ${of.ranking.length} is among them with probability ${of.p_best_in_top.toFixed(3)}; picking the best of them is expected to lose ${Number(of.expected_regret.toPrecision(3))} of the outcome.`,
    soFarText(of),
    savingsText(of),
    ...of.not_ranked.map(
      ({ variant_id, missing }) =>
        `Not ranked: ${variant_id}, which has no ${missing.join(', ')} yet.`,
    ),
    `No variant's own outcome was used for its score: predictor ${of.predictor}, learned from ${of.n_trained} fine-tuned variants (dataset version ${of.dataset_version}).`,
  ].join('\n');
}

function hiddenText(hidden: number): string[] {
  return hidden > 0 ? [`... and ${hidden} more; -o json has them all`] : [];
}

function soFarText({ best_so_far }: RecommendationAnswer): string {
  const { variant_id, rank, of, regret } = best_so_far;
  const lost = regret === 0 ? 'nothing' : String(Number(regret.toPrecision(3)));
  return `Of the ${of} that are fine-tuned already, the best (${variant_id}) has rank ${rank} among them: going by this ranking would have lost ${lost}.`;
}

function savingsText({ savings, ranking }: RecommendationAnswer): string {
  if (!savings) return 'What fine-tuning costs was not recorded, so neither is what this saves.';
  const unit =
    savings.unit === 'gpu_hours' ? 'GPU-hours' : 'hours by the clock (no GPU time was recorded)';
  return `Against fine-tuning all ${ranking.length} it saves ${Number(savings.saved.toPrecision(3))} ${unit}, at ${Number(savings.per_variant.toPrecision(3))} a variant.`;
}
