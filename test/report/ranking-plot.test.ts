/** Of a long ranking the report draws the first places alone, and says so. */
import { render } from 'preact-render-to-string';
import type { JudgedPair } from '../../src/predict/judged-pair';
import {
  calibrationFinding,
  coverageFinding,
  gapFinding,
  rankingFinding,
} from '../../src/report/findings';
import type { Judged } from '../../src/report/judged';
import { plotRecall } from '../../src/report/plots/recall';
import { trustSection } from '../../src/report/sections/trust';
import { namesOf } from '../../src/report/names';
import { tableOf, studyOf } from '../predict/learning';
import { TRAINED_STUDY } from './inputs';

const NAMES = namesOf(tableOf(studyOf(4)));

/** Each pair of `n` variants, judged by their numbers. */
function judged(n: number): Judged {
  const ids = Array.from({ length: n }, (_, i) => i);
  const pairs = ids.flatMap((a) =>
    ids.slice(a + 1).map((b): JudgedPair => {
      const outcomes = { outcome_a: a / n, outcome_b: b / n };
      return { split: 'all', a: `v${a}`, b: `v${b}`, probability: 0.25, ...outcomes };
    }),
  );
  const who = { name: 'a learner', protocol: 'paper-60-40' };
  return { kind: 'recorded', task: 'cms', ...who, pairs, baseline: null };
}

function trust(n: number): string {
  const one = judged(n);
  const figures = {
    judged: one,
    gaps: { ...gapFinding(one), svg: '' },
    calibration: { ...calibrationFinding(one), svg: '' },
    coverage: { ...coverageFinding(one), svg: '' },
    ranking: { ...rankingFinding(one), svg: '' },
  };
  return render(trustSection(TRAINED_STUDY, NAMES, [figures], []));
}

test('240 variants: under the plot it says how many ranks it shows', () => {
  expect(trust(240)).toContain('The plot shows the first 200 of 240 ranks.');
});

test('60 variants: the plot shows them all, and nothing is said', () => {
  expect(trust(60)).not.toContain('The plot shows');
});

test('the line of chance is that of all variants, not of those drawn', async () => {
  const recall_at = Array<number>(200).fill(0.5);
  const svg = await plotRecall({ recall_at, baseline: null, n_variants: 400 });
  const [chance, predictor] = lines(svg).map((line) => Number(line.split(',').at(-1)));
  expect(chance).toBeCloseTo(predictor ?? NaN);
});

/** The paths of the curves, the dashed one of chance first. */
function lines(svg: string): string[] {
  const paths = [...svg.matchAll(/<path [^>]*d="(M[^"]*)"[^>]*>/g)];
  return paths.map(([, path]) => path ?? '').filter((path) => path.split('L').length > 100);
}
