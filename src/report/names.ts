/** Names of a study's tasks, indicators and proxies in the report. */
import type { FeatureTable } from '../predict/feature-table';

export interface Names {
  /** The targets, by name: tasks, or task/recipe. */
  readonly tasks: readonly string[];
  /** The label of a target, if it differs from its name. */
  readonly task: (name: string) => string;
  /** The label of a predictor, if it differs from its name. */
  readonly predictor: (name: string) => string;
  /** The indicator with which all others are compared, and its label. */
  readonly baseline: string | null;
  readonly baselineLabel: string;
}

export function namesOf({ words, indicators, targets }: FeatureTable): Names {
  const targetLabels = new Map([...targets.values()].map(labelled));
  const measures = [...(words.indicators ?? indicators.values()), ...words.proxies];
  const labels = new Map(measures.map(labelled));
  const { baseline } = words;
  return {
    tasks: [...targets.keys()],
    task: (name) => targetLabels.get(name) ?? '',
    predictor: (name) => labels.get(name) ?? '',
    baseline,
    baselineLabel: (baseline !== null && labels.get(baseline)) || (baseline ?? ''),
  };
}

interface Labelled {
  readonly name: string;
  readonly label: string;
  readonly better?: 'higher' | 'lower';
}

function labelled({ name, label, better }: Labelled): [string, string] {
  const words = label === name ? [] : [label];
  return [name, [...words, ...(better === 'lower' ? ['lower is better'] : [])].join(', ')];
}

/** `train_loss` as "train loss". */
export function metricName(metric: string): string {
  return metric.replaceAll('_', ' ');
}
