/**
 * The paper's eight predictors that learn nothing on three tasks, intervals included, for made-up
 * studies of growing size: `npx tsx bench/pairs.ts`. Time should grow no faster than the pairs;
 * 2,000 variants (2 million pairs) should take at most 5 s and 2 GB.
 */
import { xoroshiro128plus } from 'pure-rand';
import { formatTable } from '../src/cli/words/output';
import { countPairs } from '../src/domain/pairs';
import { featuresOf } from '../src/predict/features';
import { fitAllPairs } from '../src/predict/fit';
import type { StudyRows } from '../src/predict/measurements';
import { indicatorRow, outcomeRow, variantRow } from '../test/predict/rows';
import { INDICATORS, WORDS } from '../test/predict/words';

const SIZES = [500, 1000, 2000];
const ROUNDS = 3;
const CONTEXT = {
  study: 'bench@1',
  read_version: 1,
  fit_id: 'bench',
  recorded_at: new Date(0),
};

async function main(): Promise<void> {
  const measured: { n: number; seconds: number }[] = [];
  for (const n of SIZES) measured.push({ n, seconds: await bestOf(studyOf(n)) });
  const first = measured[0];
  const rows = measured.map(({ n, seconds }) => [
    String(n),
    String(countPairs(n)),
    seconds.toFixed(2),
    (seconds / (first?.seconds ?? NaN)).toFixed(2),
    (countPairs(n) / countPairs(first?.n ?? NaN)).toFixed(2),
  ]);
  console.log(formatTable(['variants', 'pairs', 'seconds', 'time x', 'pairs x'], rows));
  const peak = process.resourceUsage().maxRSS / 1024;
  console.log(`peak memory ${peak.toFixed(0)} MB, Node and all sizes included`);
}

/** The outcomes are the indicators' sum and noise; values are rounded, so that ties occur. */
function studyOf(n: number): StudyRows {
  const rng = xoroshiro128plus(n);
  const uniform = () => (rng.unsafeNext() >>> 0) / 2 ** 32;
  const ids = Array.from({ length: n }, (_, i) => `v${i}`);
  const values = ids.map(() => INDICATORS.map(() => Math.round(uniform() * 1000) / 1000));
  const outcome = (i: number) =>
    (values[i] ?? []).reduce((sum, value) => sum + value, 2 * uniform());
  return {
    variants: ids.map((id) => variantRow(id)),
    indicators: ids.flatMap((id, i) =>
      INDICATORS.map((name, k) => indicatorRow(id, name, values[i]?.[k] ?? NaN)),
    ),
    outcomes: ids.flatMap((id, i) =>
      WORDS.tasks.map(({ name }) => outcomeRow(id, name, outcome(i))),
    ),
  };
}

async function bestOf(rows: StudyRows): Promise<number> {
  const seconds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    const fits = await fitAllPairs(featuresOf(WORDS, rows), CONTEXT);
    if (fits.length !== 24) throw new Error(`${fits.length} fits, expected 24`);
    seconds.push((performance.now() - start) / 1000);
  }
  return Math.min(...seconds);
}

void main();
