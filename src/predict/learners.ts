/**
 * The learners of learning to compare: those of the paper and learners of variants by short names,
 * any other classifier by import path.
 */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { LearnerSpec } from '../domain/fit-schema';
import { nearest } from '../base/explain';
import { SpecError } from '../base/errors';

export interface Learner {
  /** As the user names it: `lightgbm-symmetric`. */
  readonly name: string;
  readonly spec: Readonly<LearnerSpec>;
}

type Params = Readonly<Record<string, unknown>>;
interface Classifier {
  readonly classifier: string;
  readonly params: Params;
}

/** arXiv 2504.12491, section 4.3. */
const KNOWN: Readonly<Record<string, Classifier>> = {
  lightgbm: { classifier: 'lightgbm.LGBMClassifier', params: {} },
  logreg: {
    classifier: 'sklearn.linear_model.LogisticRegression',
    params: { C: 1, max_iter: 100 },
  },
  mlp: {
    classifier: 'sklearn.neural_network.MLPClassifier',
    params: { hidden_layer_sizes: [32, 32], max_iter: 100 },
  },
};
const SYMMETRIC = '-symmetric';

/** Each is a file of this folder. */
const VARIANT_LEARNERS = filesIn(
  path.join(__dirname, '..', '..', 'recipes', 'learn', 'foretune_learn', 'variant_learners'),
);
export const ALL_LEARNERS: readonly string[] = [
  'lightgbm',
  'lightgbm-symmetric',
  'logreg',
  'mlp',
  ...VARIANT_LEARNERS,
];

function filesIn(folder: string): string[] {
  const names = readdirSync(folder).map((file) => /^([a-z]\w*)\.py$/.exec(file)?.[1]);
  return names.filter((name) => name !== undefined).sort();
}

/**
 * Without gp: trained on the five inner splits of each split too, it would take as long as all
 * others together.
 */
export const NESTED_LEARNERS = ALL_LEARNERS.filter((name) => name !== 'gp');

/** Throws SpecError for a name that is neither known nor an import path. */
export function learnerNamed(name: string, params?: Params): Learner {
  const model = VARIANT_LEARNERS.find((one) => one === name);
  if (model && params) throw new SpecError(`Learner ${name} takes no parameters.`);
  if (model) return { name, spec: { kind: 'variant', model } };
  const { plain, symmetric } = formOf(name);
  const known = Object.hasOwn(KNOWN, plain) ? KNOWN[plain] : undefined;
  if (!known && !IMPORT_PATH.test(plain)) throw noLearner(name);
  const classifier = known?.classifier ?? plain;
  const given = { ...known?.params, ...params };
  return { name, spec: { kind: 'pair', classifier, params: given, symmetric } };
}
const IMPORT_PATH = /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$/;

function formOf(name: string): { readonly plain: string; readonly symmetric: boolean } {
  const symmetric = name.endsWith(SYMMETRIC);
  return { plain: symmetric ? name.slice(0, -SYMMETRIC.length) : name, symmetric };
}

function noLearner(name: string): SpecError {
  const forms = Object.keys(KNOWN).flatMap((one) => [one, one + SYMMETRIC]);
  const names = [...forms, ...VARIANT_LEARNERS, 'all', 'nested'];
  const guess = nearest(name, names);
  return new SpecError(
    `There is no learner "${name}".${guess ? ` Did you mean "${guess}"?` : ''} Expected ${names.join(', ')}, or the import path of a scikit-learn classifier such as sklearn.ensemble.RandomForestClassifier.`,
  );
}

/**
 * The module to import early, while the record is read; null for a classifier that the user named.
 */
export function knownModule({ name, spec }: Learner): string | null {
  if (spec.kind === 'variant') return `foretune_learn.variant_learners.${spec.model}`;
  if (!Object.hasOwn(KNOWN, formOf(name).plain)) return null;
  return spec.classifier.slice(0, spec.classifier.lastIndexOf('.'));
}
