/**
 * A predictor of your own: a rule over indicators and the configuration, for the models of
 * examples/own-table.
 *
 *   npx foretune run examples/own-table/study.ts
 *   P=examples/own-predictor/predictor.ts
 *   npx foretune recommend own-table --task gsm8k --predictor $P
 *   npx foretune fit own-table --protocol paper --predictor $P
 *
 * The rule: the sum of two scores, minus some points for each of the lowest learning rates. How
 * many points is learned from the models that are fine-tuned. A predictor is a file with a default
 * export: a name, what it needs and sees, and `fit`, which gets the outcomes of the training
 * variants and answers for all variants.
 */
import { missingOf, pairwiseAccuracy, type Features, type Predictor, type Sample } from 'foretune';

const SCORES = ['mmlu', 'mbpp'];
/** Tried in this order; of equally good ones the first. */
const POINTS_LOST = [0, 0.02, 0.05, 0.1];

const scores = ({ indicators }: Features) =>
  new Map(SCORES.map((name) => [name, indicators.get(name)?.values ?? new Map<string, number>()]));

/** The sum of the scores, less what a learning rate in the lowest third costs. */
function valuesOf(features: Features, lost: number): (id: string) => number | undefined {
  const rates = features.settings.get('lr')?.values ?? new Map();
  const sorted = [...rates.values()].map(Number).sort((a, b) => a - b);
  const low = sorted[Math.floor(sorted.length / 3)] ?? -Infinity;
  return (id) => {
    const parts = [...scores(features).values()].map((values) => values.get(id));
    if (parts.some((part) => part === undefined)) return undefined;
    const sum = parts.reduce<number>((total, part) => total + (part ?? 0), 0);
    return Number(rates.get(id)) < low ? sum - lost : sum;
  };
}

function accuracyOf({ features, training, outcomes }: Sample, lost: number): number {
  const value = valuesOf(features, lost);
  const known = training.map((id) => ({
    predicted: value(id) ?? NaN,
    outcome: outcomes.get(id) ?? NaN,
  }));
  return pairwiseAccuracy(known).accuracy;
}

export default {
  name: 'scores-and-rate',
  learns: true,
  sees: () => [...SCORES, 'lr'],
  needs: (features) => missingOf(features, scores(features)),
  fit: (sample) => {
    const tried = POINTS_LOST.map((lost) => ({ lost, right: accuracyOf(sample, lost) }));
    const best = tried.reduce((first, next) => (next.right > first.right ? next : first));
    return { kind: 'values', value: valuesOf(sample.features, best.lost) };
  },
} satisfies Predictor;
