/**
 * Scores predictors on pairs whose outcomes they do not know. Fits, comparisons, recommendations
 * and reports all use this function.
 */
import type { JudgedPair } from './judged-pair';
import { seen, type Features, type FeatureTable } from './feature-table';
import { mapGroups, mean, type ByVariant } from './measurements';
import { probabilityOf, type Fitted, type Missing, type Predictor } from './predictor';
import { layOut, visible, type Protocol, type Scope } from './protocols';
import { scoreAll, scoreOrders, type Score } from './score';
import { PAPER, type Split, type TestSet } from './splits';

export interface Judgement {
  readonly predictor: Predictor;
  /** The target to predict, and the one whose outcomes were used for training. */
  readonly task: string;
  readonly train_task: string;
  readonly protocol: string;
  readonly score: Score;
  /** Empty under all-pairs, where there may be millions. */
  readonly pairs: readonly JudgedPair[];
  /**
   * Share of the baseline's errors on the same pairs that are avoided; null if it makes none, or if
   * no baseline is named.
   */
  readonly error_reduction: number | null;
  /** Feature -> its share of the importance, mean over splits. */
  readonly importance: ReadonlyMap<string, number> | null;
  /** Split -> the predictor that was chosen. */
  readonly chosen: ReadonlyMap<string, string> | null;
}

export interface Verdict {
  readonly judgements: readonly Judgement[];
  /** What was left out, and why, as sentences. */
  readonly notes: readonly string[];
}

/** Throws SpecError if the study has too few variants for the protocol. */
export async function judge(
  predictors: readonly Predictor[],
  protocol: Protocol,
  scope: Scope,
): Promise<Verdict> {
  if (protocol.kind === 'all-pairs') return judgeOrders(predictors, scope);
  const { features } = visible(protocol, scope);
  const needs = predictors.map((predictor) => ({ predictor, missing: predictor.needs(features) }));
  const usable = needs.filter(({ missing }) => missing.reason === null);
  const missed = usable
    .filter(({ predictor }) => predictor.learns)
    .flatMap(({ missing }) => [...missing.variants.keys()]);
  const able = new Set(features.variants);
  for (const id of missed) able.delete(id);
  const layout = layOut(protocol, scope, able);
  const cases = await fitAll(
    usable.map(({ predictor }) => predictor),
    layout.features,
    layout.splits,
  );
  return {
    judgements: conclude(cases, scope.table.words.baseline),
    notes: [...layout.notes, ...unusableNotes(needs)],
  };
}

interface Need {
  readonly predictor: Predictor;
  readonly missing: Missing;
}

function unusableNotes(needs: readonly Need[]): string[] {
  const left = needs.filter(({ missing }) => missing.reason !== null);
  const reasons = mapGroups(
    left,
    ({ missing }) => missing.reason ?? '',
    (group) => group.map(({ predictor }) => predictor.name).join(', '),
  );
  return [...reasons].map(([reason, names]) => `Not judged: ${names}. ${reason}`);
}

/** A predictor fitted on a split. */
interface Case {
  readonly predictor: Predictor;
  readonly split: Split;
  readonly fitted: Fitted;
}

/** All in one turn of the event loop, so that learners are trained in one batch. */
function fitAll(
  predictors: readonly Predictor[],
  features: Features,
  splits: readonly Split[],
): Promise<Case[]> {
  return Promise.all(
    predictors.flatMap((predictor) =>
      splits.map(async (split) => ({
        predictor,
        split,
        fitted: await fitOn(predictor, features, split),
      })),
    ),
  );
}

export async function fitOn(
  predictor: Predictor,
  features: Features,
  { id, training, train_outcomes, seed, tests }: Split,
): Promise<Fitted> {
  const outcomes = new Map(training.map((one) => [one, train_outcomes.get(one) ?? NaN]));
  const asked = tests.flatMap(({ pairs }) => pairs);
  return predictor.fit({ id, features, training, outcomes, asked }, seed);
}

/** The pairs of a test set whose variants the predictor both knows, with their outcomes. */
export function judgePairs(split: Split, { pairs }: TestSet, fitted: Fitted): JudgedPair[] {
  return pairs.flatMap(([a, b]) => {
    const probability = probabilityOf(fitted, a, b);
    const [outcome_a, outcome_b] = [split.outcomes.get(a), split.outcomes.get(b)];
    if (probability === undefined || outcome_a === undefined || outcome_b === undefined) return [];
    return [{ split: split.id, a, b, probability, outcome_a, outcome_b }];
  });
}

type Unscored = Omit<Judgement, 'score' | 'error_reduction'>;

function conclude(cases: readonly Case[], baseline: string | null): Judgement[] {
  const questions = cases.flatMap((one) => one.split.tests.map((test) => ({ ...one, test })));
  const groups = mapGroups(
    questions,
    ({ split, test }) => JSON.stringify([split.task, test.protocol]),
    (group) => [...mapGroups(group, ({ predictor }) => predictor.name, judgementOf).values()],
  );
  return [...groups.values()].flatMap((group) =>
    scored(
      group.filter(({ pairs }) => pairs.length > 0),
      baseline,
    ),
  );
}

function judgementOf(group: readonly (Case & { readonly test: TestSet })[]): Unscored {
  const [first] = group as readonly [Case & { readonly test: TestSet }];
  const { task, train_task } = first.split;
  const chosen = group.flatMap(({ split, fitted }) =>
    fitted.chosen === undefined ? [] : [[split.id, fitted.chosen] as const],
  );
  return {
    ...{ predictor: first.predictor, task, train_task, protocol: first.test.protocol },
    pairs: group.flatMap(({ split, test, fitted }) => judgePairs(split, test, fitted)),
    importance: meanShares(group.flatMap(({ fitted }) => fitted.importance ?? [])),
    chosen: chosen.length ? new Map(chosen) : null,
  };
}

function meanShares(
  shares: readonly ReadonlyMap<string, number>[],
): ReadonlyMap<string, number> | null {
  const names = [...new Set(shares.flatMap((one) => [...one.keys()]))];
  if (!names.length) return null;
  return new Map(names.map((name) => [name, mean(shares.map((one) => one.get(name) ?? 0))]));
}

function scored(group: readonly Unscored[], baseline: string | null): Judgement[] {
  const scores = scoreAll(group.map(({ pairs }) => pairs));
  const at = group.findIndex(({ predictor }) => predictor.name === baseline);
  const reference = scores[at];
  return group.map((one, i) => {
    const score = scores[i] as Score;
    const isSame = reference && reference.error_rate > 0 && reference.n_pairs === score.n_pairs;
    const error_reduction = isSame ? 1 - score.error_rate / reference.error_rate : null;
    return { ...one, score: countedUnder(one.protocol, score), error_reduction };
  });
}

/** The paper gives the number of pairs of one split; groups differ in size. */
function countedUnder(protocol: string, score: Score): Score {
  const { n_pairs, n_splits } = score;
  return protocol === PAPER ? { ...score, n_pairs: Math.round(n_pairs / n_splits) } : score;
}

/**
 * A target and predictor with fewer than two variants that have both numbers have no pair, and no
 * result.
 */
async function judgeOrders(
  predictors: readonly Predictor[],
  { table, targets = [...table.targets.keys()] }: Scope,
): Promise<Verdict> {
  const orders = await ordersOf(predictors, table);
  const asked = targets.flatMap((task) =>
    orders.map(({ predictor, values }) => ({
      ...{ predictor, task, train_task: task, protocol: 'all-pairs', pairs: [] },
      ...{ importance: null, chosen: null, error_reduction: null },
      variants: [...scoredVariants(table, task, values).values()],
    })),
  );
  const known = asked.filter(({ variants }) => variants.length > 1);
  const scores = scoreOrders(known.map(({ variants }) => variants));
  const judgements = known.map(({ variants: _, ...one }, i) => ({
    ...one,
    score: scores[i] as Score,
  }));
  return { judgements, notes: [] };
}

export interface Order {
  readonly predictor: Predictor;
  readonly values: ByVariant;
}

/** The values of untrained predictors for each variant. */
export async function ordersOf(
  predictors: readonly Predictor[],
  table: FeatureTable,
): Promise<Order[]> {
  const features = seen(table);
  const sample = { id: '', features, training: [], outcomes: new Map(), asked: [] };
  const usable = predictors.filter((one) => !one.learns && one.needs(features).reason === null);
  const orders = usable.map(async (predictor) => {
    const fitted = await predictor.fit(sample, 0);
    const known = table.variants.flatMap((id) => {
      const value = fitted.kind === 'values' ? fitted.value(id) : undefined;
      return value === undefined ? [] : [[id, value] as const];
    });
    return { predictor, values: new Map(known) };
  });
  return Promise.all(orders);
}

/** The variants with a value and an outcome, in the order in which they were recorded. */
export function scoredVariants(
  { variants, targets }: FeatureTable,
  task: string,
  values: ByVariant,
): ReadonlyMap<string, { readonly predicted: number; readonly outcome: number }> {
  const outcomes = targets.get(task)?.outcomes;
  return new Map(
    variants.flatMap((id) => {
      const [predicted, outcome] = [values.get(id), outcomes?.get(id)];
      return predicted === undefined || outcome === undefined
        ? []
        : [[id, { predicted, outcome }] as const];
    }),
  );
}
