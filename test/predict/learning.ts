/**
 * Made-up studies to learn from: every variant has five indicators, a configuration and outcomes.
 */
import type { FeatureTable } from '../../src/predict/feature-table';
import { featuresOf } from '../../src/predict/features';
import type { StudyRows } from '../../src/predict/measurements';
import type { LearnSettings } from '../../src/study/learned-fits';
import { learnerNamed } from '../../src/predict/learners';
import { indicatorRow, outcomeRow, variantRow } from './rows';
import { INDICATORS, wordsFor } from './words';

const LRS = [1e-4, 2.5e-4, 1e-3];
/** One an indicator: orders that have nothing to do with one another. */
const FACTORS = [37, 53, 17, 71, 29];
const scrambled = (i: number, k: number) => (i * (FACTORS[k] ?? 0)) % 101;

/** Ids "v00", "v01" ...; the outcomes follow kshot_rag and nothing else. */
export function studyOf(count: number, tasks: readonly string[] = ['cms']): StudyRows {
  const ids = Array.from({ length: count }, (_, i) => `v${String(i).padStart(2, '0')}`);
  return {
    variants: ids.map((id, i) =>
      variantRow(id, {
        objective: i % 2 ? 'clm' : 'sc',
        mixture: 'plain',
        lr: LRS[i % LRS.length] ?? 0,
        tag: i % 5 === 0,
      }),
    ),
    indicators: ids.flatMap((id, i) =>
      INDICATORS.map((name, k) => indicatorRow(id, name, scrambled(i, k))),
    ),
    outcomes: ids.flatMap((id, i) =>
      tasks.map((task) => outcomeRow(id, task, 2 * scrambled(i, 3) + 5)),
    ),
  };
}

export function tableOf(rows: StudyRows, tasks: readonly string[] = ['cms']): FeatureTable {
  return featuresOf(wordsFor(...tasks), rows);
}

export function settingsWith(changes: Partial<LearnSettings> = {}): LearnSettings {
  return {
    learners: [learnerNamed('logreg')],
    nested: false,
    features: 'indicators',
    protocol: { kind: 'paper', seeds: 4 },
    train_task: null,
    shuffle: false,
    ...changes,
  };
}
