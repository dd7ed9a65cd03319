/** The pairwise logistic model over all indicators of the study: the default predictor. */
import type { Features } from '../feature-table';
import { byName, type ByVariant } from '../measurements';
import { fitPairwise } from '../pairwise-logistic';
import { missingOf, noSense, type Fitted, type Predictor, type Sample } from '../predictor';

export const PAIRWISE = 'pairwise';

export const pairwise: Predictor = {
  name: PAIRWISE,
  learns: true,
  learner: { name: PAIRWISE, features: 'indicators' },
  sees: ({ indicators }) => [...indicators.keys()],
  needs: (features) =>
    features.indicators.size
      ? missingOf(features, columnsOf(features))
      : noSense('The study has no indicators yet: run it first.'),
  fit: (sample) => fitColumns(sample, [...columnsOf(sample.features).values()]),
};

function columnsOf({ indicators }: Features): Map<string, ByVariant> {
  return new Map([...indicators].map(([name, { values }]) => [name, values]));
}

/** Variants in order of id, so that the order of rows does not matter. */
function fitColumns(
  { training, outcomes }: Sample,
  columns: readonly ByVariant[],
): Extract<Fitted, { kind: 'odds' }> {
  const known = [...training].sort(byName);
  const model = fitPairwise(
    known.map((id) => ({ features: rowOf(columns, id) ?? [], outcome: outcomes.get(id) ?? NaN })),
  );
  return {
    kind: 'odds',
    parts: (id) => {
      const row = rowOf(columns, id);
      return row && model.place(row).map((z, k) => z * (model.weights[k] ?? NaN));
    },
  };
}

function rowOf(columns: readonly ByVariant[], id: string): number[] | undefined {
  const row = columns.map((values) => values.get(id));
  return row.every((value) => value !== undefined) ? row : undefined;
}

/** A value that misleads on the training variants keeps its order, with a weight close to 0. */
const LEAST_WEIGHT = 1e-6;

/**
 * Adds probabilities to a predictor that gives only an order: a pairwise logistic model of its
 * values, fitted to the training variants. The order does not change.
 */
export function calibrated(predictor: Predictor): Predictor {
  return {
    ...predictor,
    fit: async (sample, seed) => withOdds(await predictor.fit(sample, seed), sample),
  };
}

function withOdds(fitted: Fitted, sample: Sample): Fitted {
  if (fitted.kind !== 'values') return fitted;
  const known = sample.training.flatMap((id) => {
    const [value, outcome] = [fitted.value(id), sample.outcomes.get(id)];
    return value === undefined || outcome === undefined ? [] : [{ features: [value], outcome }];
  });
  const { place, weights } = fitPairwise(known);
  const weight = Math.max(LEAST_WEIGHT, weights[0] ?? 0);
  return {
    ...fitted,
    kind: 'odds',
    parts: (id) => {
      const value = fitted.value(id);
      return value === undefined ? undefined : place([value]).map((z) => weight * z);
    },
  };
}
