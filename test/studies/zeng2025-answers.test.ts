/** What the pairwise model says of the published table, without the outcomes it is asked about. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { xoroshiro128plus } from 'pure-rand';
import { importRows } from '../../src/dataset/import-table';
import { parseStudy } from '../../src/domain/study';
import { calibrate } from '../../src/predict/calibration';
import { compareVariants } from '../../src/predict/compare';
import {
  candidatesOf,
  leaveTwoOut,
  trainedWithout,
  type Trained,
} from '../../src/predict/held-out';
import { judgedAccuracy } from '../../src/predict/judged-accuracy';
import { measure } from '../../src/predict/measurements';
import { fitPairwise } from '../../src/predict/pairwise-logistic';
import { recommendVariants } from '../../src/predict/recommend';
import zeng2025 from '../../studies/zeng2025';

const study = parseStudy(zeng2025);
if (study.kind !== 'imported') throw new TypeError('zeng2025 is an imported study');
const csv = readFileSync(path.join(__dirname, '../../studies', study.table), 'utf8');
const measured = measure(importRows(study, csv, new Date(0)));

function trainedOn(task: string): Trained[] {
  return trainedWithout(candidatesOf(measured, task).variants, []);
}

/** Of the 1,225 pairs, 975 that are spread evenly over the table. */
test.each([
  ['cms', 0.77, 0.03],
  ['rag', 0.74, 0.06],
  ['cbqa', 0.69, 0.06],
])(
  '%s: leaving both out, at least %d of pairs are right, calibrated within %d',
  (task, right, off) => {
    const judged = leaveTwoOut(trainedOn(task));
    expect(judged).toHaveLength(975);
    expect(judgedAccuracy(judged).accuracy).toBeGreaterThan(right);
    expect(calibrate(judged).ece).toBeLessThan(off);
  },
);

test.each(study.tasks)(
  '%s: among the first 7 of 20 test variants is the best, in 18 of 20',
  (task) => {
    const hits = Array.from({ length: 20 }, (_, seed) => {
      const [train, held] = split(trainedOn(task), seed);
      const { score } = fitPairwise(train);
      const ranked = [...held].sort((a, b) => score(b.features) - score(a.features));
      const best = Math.max(...held.map(({ outcome }) => outcome));
      return ranked.slice(0, 7).some(({ outcome }) => outcome === best);
    });
    expect(hits.filter(Boolean).length).toBeGreaterThanOrEqual(18);
  },
);

test.each(study.tasks)('%s: leaving one out, the best of all 50 is among the first 7', (task) => {
  const { ranking, best_so_far, p_best_in_top } = recommendVariants(measured, task, 7);
  expect(ranking).toHaveLength(50);
  expect(best_so_far.rank).toBeLessThanOrEqual(7);
  expect(best_so_far.regret).toBe(0);
  expect(p_best_in_top).toBeGreaterThan(0.4);
});

test('variants 7 and 2 on CMS: span-corruption perplexity decides, and this time wrongly', () => {
  const found = compareVariants(measured, 'cms', '7', '2');
  expect(found).toMatchObject({ verdict: 'a', n_trained: 48, decided_by: 'inv_ppl_sc' });
  const outcomes = measured.outcomes.get('cms');
  expect(outcomes?.get('7')).toBeLessThan(outcomes?.get('2') ?? NaN);
});

test('variants 46 and 49, which are one, are too close to call', () => {
  expect(compareVariants(measured, 'cms', '46', '49')).toMatchObject({
    p_a_better: 0.5,
    verdict: 'too-close',
  });
});

/** Thirty of the fifty variants at random, and the others: the paper's protocol. */
function split(variants: readonly Trained[], seed: number): [Trained[], Trained[]] {
  const rng = xoroshiro128plus(seed);
  const shuffled = variants
    .map((variant) => ({ variant, at: rng.unsafeNext() }))
    .sort((a, b) => a.at - b.at)
    .map(({ variant }) => variant);
  return [shuffled.slice(0, 30), shuffled.slice(30)];
}
