/** The learners of learning to compare: those of the paper by short names, others by import path. */
import { nearest } from '../domain/explain';
import { SpecError } from '../errors';

export interface Learner {
  /** As the user names it: `lightgbm-symmetric`. */
  readonly name: string;
  /** Import path of a scikit-learn classifier. */
  readonly classifier: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Trained on both orders of a pair; p = (f(a, b) + 1 - f(b, a)) / 2. */
  readonly symmetric: boolean;
}

/** arXiv 2504.12491, section 4.3. */
const KNOWN: Readonly<Record<string, Pick<Learner, 'classifier' | 'params'>>> = {
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
export const ALL_LEARNERS = ['lightgbm', 'lightgbm-symmetric', 'logreg', 'mlp'] as const;

/** Throws SpecError for a name that is neither known nor an import path. */
export function learnerNamed(name: string, params: Learner['params'] = {}): Learner {
  const symmetric = name.endsWith(SYMMETRIC);
  const plain = symmetric ? name.slice(0, -SYMMETRIC.length) : name;
  const known = Object.hasOwn(KNOWN, plain) ? KNOWN[plain] : undefined;
  if (known) return { name, ...known, params: { ...known.params, ...params }, symmetric };
  if (/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$/.test(plain))
    return { name, classifier: plain, params, symmetric };
  const names = [...Object.keys(KNOWN).flatMap((one) => [one, one + SYMMETRIC]), 'all', 'nested'];
  const guess = nearest(name, names);
  throw new SpecError(
    `There is no learner "${name}".${guess ? ` Did you mean "${guess}"?` : ''} Expected ${names.join(', ')}, or the import path of a scikit-learn classifier such as sklearn.ensemble.RandomForestClassifier.`,
  );
}

/** The module to import while the record is being read; null for one that the user named. */
export function knownModule({ name, classifier }: Learner): string | null {
  const plain = name.endsWith(SYMMETRIC) ? name.slice(0, -SYMMETRIC.length) : name;
  return Object.hasOwn(KNOWN, plain) ? classifier.slice(0, classifier.lastIndexOf('.')) : null;
}
