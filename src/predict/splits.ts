/**
 * Which variants a learner is trained on, and which pairs it then predicts. Both depend on seeds
 * and the variants' ids alone. The order within a pair is random too: ids often follow the
 * configuration, and a learner must not gain from which variant comes first.
 */
import { mersenne, unsafeUniformIntDistribution } from 'pure-rand';
import { SpecError } from '../base/errors';
import { byName, mapGroups, type ByVariant } from './measurements';
import { pairsOf } from './pairwise-logistic';
import type { Pair } from './predictor';

export interface TestSet {
  /** As results name it. */
  readonly protocol: string;
  readonly pairs: readonly Pair[];
}

export interface Split {
  /** Unique within a fit. */
  readonly id: string;
  readonly task: string;
  readonly train_task: string;
  readonly seed: number;
  readonly training: readonly string[];
  /** Outcomes on `train_task`, of at least the training variants. */
  readonly train_outcomes: ByVariant;
  /** Outcomes on `task`, with which test pairs are judged. */
  readonly outcomes: ByVariant;
  readonly tests: readonly TestSet[];
}

/** With fewer variants there is nothing to learn from, or no pair to predict. */
export const FEWEST_TRAINING = 3;
export const PAPER = 'paper-60-40';
const TRAINING_SHARE = 0.6;

export interface Question {
  readonly task: string;
  readonly train_task: string;
  readonly train_outcomes: ByVariant;
  readonly outcomes: ByVariant;
  /** Variants with both outcomes, in order of id. */
  readonly variants: readonly string[];
}

/** The same question with the outcomes shuffled among its variants, differently for each seed. */
export function shuffled(question: Question, seed: number): Question {
  const to = shuffle(question.variants, SHUFFLE_SEED + seed);
  const deal = (values: ByVariant) =>
    new Map(question.variants.map((id, i) => [to[i] as string, values.get(id) as number]));
  return {
    ...question,
    outcomes: deal(question.outcomes),
    train_outcomes: deal(question.train_outcomes),
  };
}
const SHUFFLE_SEED = 7919;

/**
 * The paper's protocol (arXiv 2504.12491, section 4.3): splits of the variants, 60% to train, and
 * all pairs of the others to test. Training and test pairs share no variant.
 */
export function paperSplit(question: Question, seed: number): Split {
  const order = shuffle(question.variants, seed);
  const cut = Math.round(TRAINING_SHARE * order.length);
  if (cut < FEWEST_TRAINING || order.length - cut < 2)
    throw tooFew(question, `protocol paper needs at least ${FEWEST_TRAINING + 2}`);
  const pairs = allPairs(order.slice(cut));
  const id = `${question.task}/${String(seed).padStart(2, '0')}`;
  return split(question, id, seed, order.slice(0, cut), [{ protocol: PAPER, pairs }]);
}

/**
 * One split for each group of variants that share a setting. Pairs within the held-out group
 * consist of two unseen variants; in pairs of it and the rest, one variant was used for training.
 */
export function groupSplits(
  question: Question,
  column: string,
  groups: ReadonlyMap<string, string>,
): Split[] {
  const order = shuffle(question.variants, 0).filter((id) => groups.has(id));
  const names = [...new Set(order.map((id) => groups.get(id) as string))].sort();
  return names.flatMap((name, seed) => {
    const held = new Set(order.filter((id) => groups.get(id) === name));
    const training = order.filter((id) => !held.has(id));
    if (training.length < FEWEST_TRAINING)
      throw tooFew(
        question,
        `without those with ${column} ${name}, at least ${FEWEST_TRAINING} must remain`,
      );
    const pairs = allPairs(order);
    const count = ([a, b]: Pair) => Number(held.has(a)) + Number(held.has(b));
    const protocol = `leave-group-out:${column}`;
    const tests = [
      { protocol: `${protocol}/within`, pairs: pairs.filter((pair) => count(pair) === 2) },
      { protocol: `${protocol}/against`, pairs: pairs.filter((pair) => count(pair) === 1) },
    ];
    return [split(question, `${question.task}/${column}=${name}`, seed, training, tests)];
  });
}

/** Trained on all of another study, tested on all pairs of this one. */
export function studySplit(question: Question, other: Question, study: string): Split {
  if (other.variants.length < FEWEST_TRAINING)
    throw tooFew(other, `training on study ${study} needs at least ${FEWEST_TRAINING}`);
  if (question.variants.length < 2) throw tooFew(question, 'a pair needs 2');
  const tests = [
    {
      protocol: `leave-study-out:${study}`,
      pairs: allPairs(shuffle(question.variants, 0)),
    },
  ];
  return split(
    { ...question, train_outcomes: other.train_outcomes },
    `${question.task}/${study}`,
    0,
    shuffle(other.variants, 0),
    tests,
  );
}

const GROUPS = 10;
/** For more variants, each is paired with the same number of others. */
const MOST_HELD_OUT = 5000;
export const HELD_OUT = 'held-out';

/**
 * Pairs judged without either outcome, with few fits: variants are divided into ten groups, and a
 * pair is predicted by a model trained without either of its groups. Copies of one checkpoint are
 * in the same group.
 */
export function heldOutSplits(question: Question, copies: readonly (readonly string[])[]): Split[] {
  const groups = new Map(copies.flatMap((ids, i) => ids.map((id) => [id, i % GROUPS] as const)));
  const order = [...question.variants].sort(byName);
  const pairs = pairsOf(order.length, Math.max(MOST_HELD_OUT, order.length)).map(([i, j]): Pair => [
    order[i] ?? '',
    order[j] ?? '',
  ]);
  const groupsOf = (pair: Pair) =>
    [...new Set(pair.map((id) => groups.get(id) ?? -1))].sort((x, y) => x - y);
  const apart = mapGroups(
    pairs,
    (pair) => groupsOf(pair).join('-'),
    (group) => group,
  );
  return [...apart].map(([name, asked], seed) => {
    const hidden = new Set(asked.flatMap(groupsOf));
    const training = order.filter((id) => !hidden.has(groups.get(id) ?? -1));
    return split(question, `${question.task}/${name}`, seed, training, [
      { protocol: HELD_OUT, pairs: asked },
    ]);
  });
}

/** Splits of the training variants, on which a choice can be made without the test pairs. */
export function innerSplits(
  split: Pick<Split, 'id' | 'training' | 'train_outcomes'>,
  seed: number,
  count: number,
): Split[] {
  const question: Question = {
    task: split.id,
    train_task: split.id,
    train_outcomes: split.train_outcomes,
    outcomes: split.train_outcomes,
    variants: [...split.training].sort(),
  };
  return Array.from({ length: count }, (_, i) => ({
    ...paperSplit(question, INNER_SEED + seed * count + i),
    id: `${split.id}/inner${i}`,
  }));
}
const INNER_SEED = 100_000;

/**
 * Whether any two training variants have different outcomes; otherwise there is nothing to learn.
 */
export function isTeachable({
  training,
  train_outcomes,
}: Pick<Split, 'training' | 'train_outcomes'>): boolean {
  return new Set(training.map((id) => train_outcomes.get(id))).size > 1;
}

function split(
  { task, train_task, train_outcomes, outcomes }: Question,
  id: string,
  seed: number,
  training: readonly string[],
  tests: readonly TestSet[],
): Split {
  const asked = tests.filter(({ pairs }) => pairs.length > 0);
  return { id, task, train_task, seed, training, train_outcomes, outcomes, tests: asked };
}

function allPairs(variants: readonly string[]): Pair[] {
  return variants.flatMap((a, i) => variants.slice(i + 1).map((b): Pair => [a, b]));
}

function shuffle(variants: readonly string[], seed: number): string[] {
  const rng = mersenne(seed);
  const order = [...variants].sort();
  for (let i = order.length - 1; i > 0; i--) {
    const j = unsafeUniformIntDistribution(0, i, rng);
    [order[i], order[j]] = [order[j] as string, order[i] as string];
  }
  return order;
}

function tooFew({ task, variants }: Question, need: string): SpecError {
  return new SpecError(
    `Task "${task}" has ${variants.length} variants with indicators and outcomes; ${need}.`,
  );
}
