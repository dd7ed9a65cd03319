/** The example of a predictor of one's own, on a made-up table with the columns that it reads. */
import path from 'node:path';
import { wordsOf } from '../../src/domain/words';
import { compareVariants } from '../../src/predict/compare';
import { targetNamed } from '../../src/predict/feature-table';
import { featuresOf } from '../../src/predict/features';
import { judge } from '../../src/predict/judge';
import { ownPredictor } from '../../src/predict/predictors/own';
import { recommendVariants } from '../../src/predict/recommend';
import { indicatorRow, outcomeRow, variantRow } from '../predict/rows';
import { ROOT } from '../support/root';

const predictor = ownPredictor(path.join(ROOT, 'examples/own-predictor/predictor.ts'));
const RATES = [1e-4, 3e-4, 1e-3];
const ids = Array.from({ length: 14 }, (_, i) => `m${i}`);
const lrOf = (i: number) => RATES[i % 3] ?? NaN;
const score = (i: number) => ((i * 5) % 14) / 50;
/**
 * A low rate costs 0.06 of the outcome; the last four are not fine-tuned, the last has no MBPP
 * score.
 */
const outcome = (i: number) => score(i) - (lrOf(i) === 1e-4 ? 0.06 : 0);

const words = wordsOf({ tasks: { gsm8k: { metric: 'exact_match' } } });
const table = featuresOf(words, {
  variants: ids.map((id, i) => variantRow(id, { lr: lrOf(i) })),
  indicators: ids.flatMap((id, i) => [
    indicatorRow(id, 'mmlu', score(i) / 2),
    ...(i < 13 ? [indicatorRow(id, 'mbpp', score(i) / 2)] : []),
  ]),
  outcomes: ids
    .slice(0, 10)
    .map((id, i) => outcomeRow(id, 'gsm8k', outcome(i), { metric: 'exact_match' })),
});
const gsm8k = targetNamed(table, 'gsm8k');

test('it ranks the models that have both scores, those without an outcome too, and names the others', async () => {
  const found = await recommendVariants(table, gsm8k, 3, predictor);
  expect(found.predictor).toBe('scores-and-rate');
  expect(found.features).toEqual(['mmlu', 'mbpp', 'lr']);
  expect(found.ranking).toHaveLength(13);
  expect(found.ranking.filter(({ fine_tuned }) => !fine_tuned)).toHaveLength(3);
  expect(found.not_ranked).toEqual([{ variant_id: 'm13', missing: ['mbpp'] }]);
});

test('it learns from outcomes what a low rate costs, and names the better of nearly all pairs', async () => {
  const { judgements } = await judge([predictor], { kind: 'held-out' }, { table });
  expect(judgements[0]?.score.accuracy).toBeGreaterThan(0.9);
});

test('it says which of two models that are not fine-tuned will be better', async () => {
  const found = await compareVariants(table, gsm8k, ['m12', 'm11'], predictor);
  expect(found.p_a_better > 0.5).toBe(outcome(12) > outcome(11));
  expect(found).toMatchObject({ predictor: 'scores-and-rate', n_trained: 10 });
});
