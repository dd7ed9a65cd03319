/** The pairwise model on the published table, without the outcomes that it predicts. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { importRows } from '../../src/dataset/import-table';
import { parseStudy } from '../../src/domain/study';
import { wordsOf } from '../../src/domain/words';
import { calibrate } from '../../src/predict/calibration';
import { compareVariants } from '../../src/predict/compare';
import { targetNamed } from '../../src/predict/feature-table';
import { featuresOf } from '../../src/predict/features';
import { judge } from '../../src/predict/judge';
import { judgedAccuracy } from '../../src/predict/judged-accuracy';
import { pairwise } from '../../src/predict/predictors/pairwise';
import { recommendVariants } from '../../src/predict/recommend';
import { summarizeRankings } from '../../src/predict/ranking';
import zeng2025 from '../../studies/zeng2025';

const study = parseStudy(zeng2025);
if (study.kind !== 'imported') throw new TypeError('zeng2025 is an imported study');
const csv = readFileSync(path.join(__dirname, '../../studies', study.table), 'utf8');
const table = featuresOf(wordsOf(study), importRows(study, csv, new Date(0)));
const tasks = Object.keys(study.tasks);
const cms = targetNamed(table, 'cms');

test.each([
  ['cms', 0.77, 0.03],
  ['rag', 0.74, 0.06],
  ['cbqa', 0.69, 0.06],
])(
  '%s: held out, at least %d of pairs are right, calibrated within %d',
  async (task, right, off) => {
    const scope = { table, targets: [task] };
    const { judgements } = await judge([pairwise], { kind: 'held-out' }, scope);
    const pairs = judgements[0]?.pairs ?? [];
    expect(pairs).toHaveLength(1225);
    expect(judgedAccuracy(pairs).accuracy).toBeGreaterThan(right);
    expect(calibrate(pairs).ece).toBeLessThan(off);
  },
);

test.each(tasks)(
  '%s: among the first 7 of 20 test variants is the best, in 18 of 20',
  async (task) => {
    const scope = { table, targets: [task] };
    const { judgements } = await judge([pairwise], { kind: 'paper', seeds: 20 }, scope);
    const { recall_at, n_splits } = summarizeRankings(judgements[0]?.pairs ?? []);
    expect(n_splits).toBe(20);
    expect(recall_at[6]).toBeGreaterThanOrEqual(18 / 20);
  },
);

test.each(tasks)('%s: leaving one out, the best of all 50 is among the first 7', async (task) => {
  const target = targetNamed(table, task);
  const { ranking, best_so_far, p_best_in_top } = await recommendVariants(table, target, 7);
  expect(ranking).toHaveLength(50);
  expect(best_so_far.rank).toBeLessThanOrEqual(7);
  expect(best_so_far.regret).toBe(0);
  expect(p_best_in_top).toBeGreaterThan(0.4);
});

test('variants 7 and 2 on CMS: span-corruption perplexity decides, and this time wrongly', async () => {
  const found = await compareVariants(table, cms, ['7', '2']);
  expect(found).toMatchObject({ verdict: 'a', n_trained: 48, decided_by: 'inv_ppl_sc' });
  expect(cms.outcomes.get('7')).toBeLessThan(cms.outcomes.get('2') ?? NaN);
});

test('variants 46 and 49, which are one, are too close to call', async () => {
  expect(await compareVariants(table, cms, ['46', '49'])).toMatchObject({
    p_a_better: 0.5,
    verdict: 'too-close',
  });
});
