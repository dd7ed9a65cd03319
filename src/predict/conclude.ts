/** What came of a fit with learners: every predictor judged on the same test pairs, per task and protocol. */
import type { JudgedPair } from './judged-pair';
import { credit } from './judged-accuracy';
import { byScore, judge, scoreAll, type Score } from './judge';
import { mapGroups, mean } from './measurements';
import { BY_RATE } from './sample';
import type { Experiment, FeatureSet, Supervised } from './experiment';
import { PAPER, type Split, type TestSet } from './splits';
import { BASELINE } from './unsupervised';

/** What a trained predictor said: the probability that `a` is better, by its name, the split and the pair. */
export type Probability = (
  predictor: string,
  split: string,
  a: string,
  b: string,
) => number | undefined;

export interface Judgement {
  readonly task: string;
  readonly train_task: string;
  readonly proxy: string;
  readonly protocol: string;
  /** Null for a proxy that is not trained. */
  readonly learner: string | null;
  readonly features: FeatureSet | null;
  readonly score: Score;
  readonly pairs: readonly JudgedPair[];
  /** Against perplexity on the same pairs; null where perplexity makes no error, or is not known. */
  readonly error_reduction: number | null;
  /** Split -> what nested selection chose. */
  readonly chosen: ReadonlyMap<string, string> | null;
}

interface Predictor {
  readonly name: string;
  readonly learner: string | null;
  readonly features: FeatureSet | null;
  readonly on: (split: Split) => (a: string, b: string) => number | undefined;
  readonly chosen: ReadonlyMap<string, string> | null;
}

export function conclude(experiment: Experiment, probability: Probability): Judgement[] {
  const predictors = predictorsOf(experiment, probability);
  const cases = experiment.splits.flatMap((split) => split.tests.map((test) => ({ split, test })));
  const groups = mapGroups(
    cases,
    ({ split, test }) => JSON.stringify([split.task, test.protocol]),
    (group) => judgements(group, predictors),
  );
  return [...groups.values()].flat();
}

interface Case {
  readonly split: Split;
  readonly test: TestSet;
}

function judgements(cases: readonly Case[], predictors: readonly Predictor[]): Judgement[] {
  const [first] = cases;
  if (!first) return [];
  const { task, train_task } = first.split;
  const { protocol } = first.test;
  const asked = predictors
    .map((predictor) => ({
      predictor,
      pairs: cases.flatMap(({ split, test }) => judge(split, test, predictor.on(split))),
    }))
    .filter(({ pairs }) => pairs.length > 0);
  const scores = scoreAll(asked.map(({ pairs }) => pairs));
  const judged = asked.map(({ predictor: { name, learner, features, chosen }, pairs }, i) => ({
    ...{ task, train_task, proxy: name, protocol, learner, features, pairs },
    score: countedUnder(protocol, scores[i] as Score),
    chosen: chosen && pickOf(chosen, cases),
  }));
  const baseline = judged.find(({ proxy }) => proxy === BASELINE)?.score.error_rate ?? 0;
  return judged.map((one) => ({
    ...one,
    error_reduction: baseline > 0 ? 1 - one.score.error_rate / baseline : null,
  }));
}

/** The paper counts the pairs of one split; groups have as many as they are large. */
function countedUnder(protocol: string, score: Score): Score {
  const { n_pairs, n_splits } = score;
  return protocol === PAPER ? { ...score, n_pairs: Math.round(n_pairs / n_splits) } : score;
}

function pickOf(chosen: ReadonlyMap<string, string>, cases: readonly Case[]): Map<string, string> {
  return new Map(cases.map(({ split }) => [split.id, chosen.get(split.id) ?? '']));
}

function predictorsOf(experiment: Experiment, probability: Probability): Predictor[] {
  const untrained = untrainedOf(experiment);
  const trained = experiment.supervised.map((one) => trainedPredictor(one, probability));
  if (!experiment.settings.nested) return [...untrained, ...trained];
  const sets = [...new Set(trained.map(({ features }) => features))];
  return [...untrained, ...sets.flatMap((set) => nested(experiment, set, untrained, trained))];
}

function untrainedOf({ sample }: Experiment): Predictor[] {
  return [...sample.scores].map(([name, scores]) => ({
    name,
    learner: null,
    features: null,
    on: () => byScore(scores),
    chosen: null,
  }));
}

function trainedPredictor(
  { name, learner, features }: Supervised,
  probability: Probability,
): Predictor {
  return {
    name,
    learner: learner.name,
    features,
    on: (split) => (a, b) => probability(name, split.id, a, b),
    chosen: null,
  };
}

/** Its signs were chosen by the paper's authors after they had seen the outcomes. */
const CHOSEN_AFTERWARDS = 'sc+rag-clm';

/**
 * The candidate that is right most often on splits of the training variants, for each split anew. Equal
 * ones: the first, so proxies that need no training before learners.
 */
function nested(
  experiment: Experiment,
  features: FeatureSet | null,
  untrained: readonly Predictor[],
  trained: readonly Predictor[],
): Predictor[] {
  if (features === null) return [];
  const fits = ({ name }: Predictor) =>
    name === BY_RATE
      ? features !== 'indicators'
      : features !== 'config' && name !== CHOSEN_AFTERWARDS;
  const candidates = [
    ...untrained.filter(fits),
    ...trained.filter((one) => one.features === features),
  ];
  const best = new Map(
    experiment.splits.map((split) => [
      split.id,
      bestOn(experiment.inner.get(split.id) ?? [], candidates),
    ]),
  );
  return [
    {
      name: `nested:${features}`,
      learner: 'nested',
      features,
      on: (split) => best.get(split.id)?.on(split) ?? (() => undefined),
      chosen: new Map([...best].map(([id, one]) => [id, one?.name ?? ''])),
    },
  ];
}

function bestOn(inner: readonly Split[], candidates: readonly Predictor[]): Predictor | undefined {
  const [first, ...rest] = candidates.map((one) => ({ one, right: meanAccuracy(inner, one) }));
  return rest.reduce((best, next) => (best && next.right > best.right ? next : best), first)?.one;
}

function meanAccuracy(inner: readonly Split[], { on }: Predictor): number {
  const accuracies = inner.flatMap((split) =>
    split.tests.flatMap((test) => {
      const pairs = judge(split, test, on(split));
      return pairs.length ? [mean(pairs.map(credit))] : [];
    }),
  );
  return accuracies.length ? mean(accuracies) : 0.5;
}
