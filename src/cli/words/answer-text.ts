/** The output of `compare` and `recommend`, for a reader who has not seen the code. */
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

export function comparisonText(answer: ComparisonAnswer): string {
  const rows = answer.evidence.map((one) => evidenceRow(one, answer));
  const head = ['feature', answer.a, answer.b, 'better value', 'accuracy alone', 'points to'];
  return [
    verdictText(answer),
    '',
    formatTable(head, rows),
    '',
    decisionText(answer),
    `The outcomes of these two variants were not used: the predictor was trained on ${answer.n_trained} other variants of ${answer.study} (dataset version ${answer.dataset_version}).`,
    backtestText(answer),
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
    ? `Too close to call: whether ${first} or ${second} will be better on ${task} is uncertain (${first} is better with ${figures}).`
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

/** Log-odds: 0.1 changes a probability of one half by .025. */
function speaksFor({ contribution }: Evidence, a: string, b: string): string {
  if (contribution === null) return '-';
  const size = Math.abs(contribution).toFixed(2);
  return Number(size) === 0 ? 'neither' : `${contribution > 0 ? a : b} (${size})`;
}

const ACCURACY_ALONE =
  '"accuracy alone" is how often the variant with the better value had the better outcome.';
const POINTS_TO =
  '"points to" is the variant that the feature favors, with its contribution to the log-odds given the other features. A feature that misleads alone can point to the variant with the worse value.';

function decisionText({ decided_by, verdict, evidence, predictor }: ComparisonAnswer): string {
  if (evidence.every(({ contribution }) => contribution === null))
    return `This is the answer of predictor ${predictor}. ${ACCURACY_ALONE}`;
  const decided = decided_by
    ? `${decided_by} decided most.`
    : verdict === 'too-close'
      ? 'Nothing decided.'
      : '';
  return `Predictor ${predictor}: ${decided} ${ACCURACY_ALONE} ${POINTS_TO}`;
}

function backtestText({ backtest }: ComparisonAnswer): string {
  return `Tested in the same way on ${backtest.n_pairs} pairs of those variants, the predictor had accuracy ${backtest.accuracy.toFixed(3)}; its probabilities were off by ${backtest.ece.toFixed(3)} on average.`;
}

export function recommendationText(answer: RecommendationAnswer): string {
  const shown = answer.ranking.slice(0, Math.max(answer.top, 10));
  const rows = shown.map((one) => [
    `${one.rank}${one.rank <= answer.top ? ' *' : ''}`,
    one.variant_id,
    one.p_best.toFixed(3),
    one.score.toFixed(2),
    one.fine_tuned ? 'yes' : 'no',
  ]);
  return [
    `${answer.study} on ${answer.task}: fine-tune the ${answer.top} variants marked *`,
    '',
    formatTable(['rank', 'variant', 'best of all', 'score', 'fine-tuned'], rows),
    ...hiddenText(answer.ranking.length - shown.length),
    '',
    `The best of all ${answer.ranking.length} is among the marked variants with probability ${answer.p_best_in_top.toFixed(3)}; choosing the best of the marked ones is expected to lose ${Number(answer.expected_regret.toPrecision(3))} of the outcome.`,
    soFarText(answer),
    savingsText(answer),
    ...answer.not_ranked.map(
      ({ variant_id, missing }) =>
        `Not ranked: ${variant_id}, which has no ${missing.join(', ')} yet.`,
    ),
    `No variant's own outcome was used for its score: predictor ${answer.predictor}, trained on ${answer.n_trained} fine-tuned variants (dataset version ${answer.dataset_version}).`,
  ].join('\n');
}

function hiddenText(hidden: number): string[] {
  return hidden > 0 ? [`... and ${hidden} more; -o json lists all`] : [];
}

function soFarText({ best_so_far }: RecommendationAnswer): string {
  const { variant_id, rank, n_fine_tuned: n_tuned, regret } = best_so_far;
  const lost = regret === 0 ? 'nothing' : String(Number(regret.toPrecision(3)));
  return `Of the ${n_tuned} that are already fine-tuned, the best (${variant_id}) has rank ${rank} among them: following this ranking would have lost ${lost}.`;
}

function savingsText({ savings, ranking }: RecommendationAnswer): string {
  if (!savings) return 'The cost of fine-tuning was not recorded, so the savings are not known.';
  const unit =
    savings.unit === 'gpu_hours' ? 'GPU-hours' : 'hours of wall time (no GPU time was recorded)';
  return `Compared with fine-tuning all ${ranking.length}, this saves ${Number(savings.saved.toPrecision(3))} ${unit}, at ${Number(savings.per_variant.toPrecision(3))} per variant.`;
}
