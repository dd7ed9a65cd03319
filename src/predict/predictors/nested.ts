/**
 * Chooses among predictors, on splits of the training variants alone. Among equally good ones the
 * first is chosen, so untrained predictors come before trained ones.
 */
import { fitOn, judgePairs } from '../judge';
import { credit } from '../judged-accuracy';
import { mean } from '../measurements';
import {
  noSense,
  type FeatureSet,
  type Fitted,
  type Missing,
  type Predictor,
  type Sample,
} from '../predictor';
import type { Features } from '../feature-table';
import { innerSplits, isTeachable, type Split } from '../splits';

const INNER_SPLITS = 5;

export function nested(features: FeatureSet, among: readonly Predictor[]): Predictor {
  const candidates = among.filter(({ chosen_after }) => !chosen_after);
  const usable = (table: Features) => candidates.filter((one) => one.needs(table).reason === null);
  return {
    name: `nested:${features}`,
    learns: true,
    learner: { name: 'nested', features },
    sees: (table) => [...new Set(usable(table).flatMap((one) => one.sees(table)))],
    needs: (table) => needsOf(usable(table), table),
    fit: (sample, seed) => choose(usable(sample.features), sample, seed),
  };
}

/** Candidates that learn must know all variants, since all are compared on the same pairs. */
function needsOf(usable: readonly Predictor[], table: Features): Missing {
  if (!usable.some(({ learns }) => learns)) return noSense('There is no learner to choose from.');
  const missing = usable.filter(({ learns }) => learns).map((one) => one.needs(table).variants);
  return { reason: null, variants: new Map(missing.flatMap((one) => [...one])) };
}

/** All are fitted in one turn of the event loop, so that learners are trained in one batch. */
async function choose(
  candidates: readonly Predictor[],
  sample: Sample,
  seed: number,
): Promise<Fitted> {
  const { id, training, outcomes } = sample;
  const inner = innerSplits({ id, training, train_outcomes: outcomes }, seed, INNER_SPLITS).filter(
    isTeachable,
  );
  const fitted = await Promise.all(
    candidates.map(async (predictor) => ({
      predictor,
      ...(await both(predictor, sample, seed, inner)),
    })),
  );
  const best = fitted.reduce((first, next) => (next.right > first.right ? next : first));
  // Shares of different predictors cannot be averaged.
  return { ...best.whole, importance: undefined, chosen: best.predictor.name };
}

async function both(
  predictor: Predictor,
  sample: Sample,
  seed: number,
  inner: readonly Split[],
): Promise<{ readonly whole: Fitted; readonly right: number }> {
  const [whole, ...parts] = await Promise.all([
    predictor.fit(sample, seed),
    ...inner.map((split) => fitOn(predictor, sample.features, split)),
  ]);
  const accuracies = inner.flatMap((split, i) =>
    split.tests.flatMap((test) => {
      const pairs = judgePairs(split, test, parts[i] as Fitted);
      return pairs.length ? [mean(pairs.map(credit))] : [];
    }),
  );
  return { whole, right: accuracies.length ? mean(accuracies) : 0.5 };
}
