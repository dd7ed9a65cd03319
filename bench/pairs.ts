/**
 * The eight unsupervised proxies on three tasks, with intervals, for generated studies of growing
 * size: `npx tsx bench/pairs.ts`. Time should grow no faster than the number of pairs; 2,000
 * variants (2 million pairs) should take at most 5 s and 2 GB.
 */
import { xoroshiro128plus } from 'pure-rand';
import { formatTable } from '../src/cli/words/output';
import { countPairs } from '../src/domain/pairs';
import { INDICATORS, TASKS } from '../src/domain/vocabulary';
import { fitUnsupervised } from '../src/predict/fit';
import type { StudyRows } from '../src/predict/measurements';
import { indicatorRow, outcomeRow, variantRow } from '../test/predict/rows';

const SIZES = [500, 1000, 2000];
const ROUNDS = 3;
const CONTEXT = {
  study: 'bench@1',
  tasks: TASKS,
  read_version: 1,
  fit_id: 'bench',
  recorded_at: new Date(0),
};

function main(): void {
  const measured = SIZES.map((n) => ({ n, seconds: bestOf(studyOf(n)) }));
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
  console.log(`peak memory ${peak.toFixed(0)} MB, with Node, over all sizes`);
}

/** Outcomes are the sum of the indicators plus noise; values are rounded, so that ties occur. */
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
    outcomes: ids.flatMap((id, i) => TASKS.map((task) => outcomeRow(id, task, outcome(i)))),
  };
}

function bestOf(rows: StudyRows): number {
  const seconds = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    const fits = fitUnsupervised(rows, CONTEXT);
    if (fits.length !== 24) throw new Error(`${fits.length} fits, expected 24`);
    return (performance.now() - start) / 1000;
  });
  return Math.min(...seconds);
}

main();
