/** The option --predictor of `compare` and `recommend`. */
import type { FeatureTable } from '../predict/feature-table';
import type { Predictor } from '../predict/predictor';
import { startLearning } from '../study/learning';
import { findPredictor } from '../study/predictors';
import type { CliContext } from './context';

export const PREDICTOR_OPTION =
  'predictor: pairwise, an indicator, a proxy, rank:<setting>, a learner such as lightgbm, or a file such as ./rule.ts';

/** Stops the processes that the predictor started, also when it fails. */
export async function withPredictor<T>(
  { config }: CliContext,
  name: string,
  table: FeatureTable,
  answer: (predictor: Predictor) => Promise<T>,
): Promise<T> {
  const interrupted = new AbortController();
  const stop = () => interrupted.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const learning = startLearning(config, [], interrupted.signal);
  try {
    return await answer(findPredictor(name, table, learning));
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    await learning.close();
  }
}
