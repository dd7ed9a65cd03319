/** The predictors of a study by name. */
import { SpecError } from '../../base/errors';
import { nearest } from '../../base/explain';
import { indicatorWords, type Words } from '../../domain/words';
import type { Features } from '../feature-table';
import { learnerNamed, NESTED_LEARNERS } from '../learners';
import type { FeatureSet, Predictor } from '../predictor';
import { indicatorPredictor } from './indicator';
import { learnerPredictor, type Train } from './learner';
import { nested } from './nested';
import { PAIRWISE, pairwise } from './pairwise';
import { RANK, rankable, rankPredictor } from './rank';
import { sumPredictor } from './sum';

/** The untrained predictors: every indicator, every proxy, the order of every numeric setting. */
export function untrained(features: Features): Predictor[] {
  const { words, indicators } = features;
  const measures = words.indicators ?? [...indicators.keys()].map((name) => indicatorWords(name));
  return [
    ...measures.map(indicatorPredictor),
    ...words.proxies.map(sumPredictor),
    ...rankable(features).map(rankPredictor),
  ];
}

/** Nested selection among the predictors with these features. */
export function nestedAmong(
  set: FeatureSet,
  features: Features,
  learners: readonly Predictor[],
): Predictor {
  const isRank = ({ name }: Predictor) => name.startsWith(RANK);
  const fits = (one: Predictor) => (isRank(one) ? set !== 'indicators' : set !== 'config');
  return nested(set, [
    ...untrained(features).filter(fits),
    ...learners.filter(({ learner }) => learner?.features === set),
  ]);
}

/** Throws SpecError for a name that is neither a predictor of the study nor a learner. */
export function predictorNamed(name: string, features: Features, train: Train): Predictor {
  if (name === PAIRWISE) return pairwise;
  const simple = untrained(features);
  const found = simple.find((one) => one.name === name);
  if (found) return found;
  const [kind, ...rest] = name.split(':');
  if (kind === 'nested') return nestedNamed(rest.join(':') || 'indicators', features, train);
  const isConfig = kind === 'config';
  const learner = isConfig || kind === 'ltc' ? rest.join(':') : name;
  try {
    return learnerPredictor(learnerNamed(learner), isConfig ? 'config' : 'indicators', train);
  } catch (cause) {
    throw noPredictor(name, features.words, simple, cause);
  }
}

function nestedNamed(set: string, features: Features, train: Train): Predictor {
  if (set !== 'indicators' && set !== 'config' && set !== 'both')
    throw new SpecError(
      `There is no predictor "nested:${set}": expected nested:indicators, nested:config or nested:both.`,
    );
  const learners = NESTED_LEARNERS.map((one) => learnerPredictor(learnerNamed(one), set, train));
  return nestedAmong(set, features, learners);
}

function noPredictor(
  name: string,
  { indicators }: Words,
  known: readonly Predictor[],
  cause: unknown,
): SpecError {
  const names = [PAIRWISE, ...known.map((one) => one.name)];
  const guess = nearest(name, [...names, ...NESTED_LEARNERS]);
  const own = indicators?.length ? '' : ' (an indicator can be named once it is recorded)';
  return new SpecError(
    `There is no predictor "${name}".${guess ? ` Did you mean "${guess}"?` : ''} Expected ${names.join(', ')}${own}, a learner (${NESTED_LEARNERS.join(', ')}, gp, or an import path) or a file such as ./my-predictor.ts.`,
    { cause },
  );
}
