/**
 * What changed from one fit to the next: error rates before and after, the measurements that moved,
 * and the pairs whose answer flipped because of them. Pure.
 */
import { agreement, pairwiseAccuracy, type Scored } from '../domain/pairs';
import type { Measure } from '../domain/words';
import { seen, type FeatureTable } from './feature-table';
import { ordersOf, scoredVariants } from './judge';
import type { ByVariant } from './measurements';
import { untrained } from './predictors/named';
import { rawValue } from './targets';

export interface Drift {
  readonly variants_added: readonly string[];
  readonly variants_gone: readonly string[];
  /** Null for a target and predictor that had no pair before, or has none now. */
  readonly error_rates: readonly {
    readonly task: string;
    readonly proxy: string;
    readonly before: number | null;
    readonly after: number | null;
  }[];
  /** Indicators and outcomes (`outcome cms`) whose values changed. */
  readonly moved: readonly Moved[];
  /** The first flipped pairs, by task, proxy and variant. */
  readonly flips: readonly Flip[];
  readonly n_flips: number;
}

/** Name of an indicator, or of the outcomes on one task. */
export interface Moved {
  readonly name: string;
  /** Variants whose value changed; those without a value before or now do not count. */
  readonly n_variants: number;
  readonly largest: Move;
}

export interface Move {
  readonly variant_id: string;
  readonly before: number;
  readonly after: number;
}

export type Answer = 'right' | 'wrong' | 'tied';

/** A pair that a proxy answered correctly before and wrongly now, or the reverse. */
export interface Flip {
  readonly task: string;
  readonly proxy: string;
  readonly a: string;
  readonly b: string;
  readonly before: Answer;
  readonly after: Answer;
  /**
   * Which measurement of the two variants changed, e.g. `outcome cms of clm-books 0.51 -> 0.48`.
   */
  readonly because: readonly string[];
}

const MOST_SHOWN = 200;

/** `before` is read with today's names and directions, so that both are treated alike. */
export async function driftBetween(before: FeatureTable, after: FeatureTable): Promise<Drift> {
  const moves = movesBetween(before, after);
  const questions = await questionsOf(before, after);
  const flips = questions.flatMap((question) => flipsOf(question, moves));
  const [old, now] = [new Set(before.variants), new Set(after.variants)];
  return {
    variants_added: after.variants.filter((id) => !old.has(id)),
    variants_gone: before.variants.filter((id) => !now.has(id)),
    error_rates: questions.map((question) => ({
      ...{ task: question.task, proxy: question.proxy },
      before: errorRate(question.before),
      after: errorRate(question.after),
    })),
    moved: [...moves].map(([name, found]) => ({
      name,
      n_variants: found.size,
      largest: largestOf([...found.values()]),
    })),
    flips: flips.slice(0, MOST_SHOWN),
    n_flips: flips.length,
  };
}

type ScoredById = ReadonlyMap<string, Scored>;

/** One untrained predictor on one target, before and now. */
interface Question {
  readonly task: string;
  readonly proxy: string;
  /** The indicators or settings that it uses. */
  readonly sees: readonly string[];
  readonly before: ScoredById;
  readonly after: ScoredById;
}

async function questionsOf(before: FeatureTable, after: FeatureTable): Promise<Question[]> {
  const predictors = untrained(after);
  const [old, now] = await Promise.all([ordersOf(predictors, before), ordersOf(predictors, after)]);
  const scored = (table: FeatureTable, orders: typeof old, task: string, name: string) => {
    const order = orders.find(({ predictor }) => predictor.name === name);
    return scoredVariants(table, task, order?.values ?? new Map());
  };
  const features = seen(after);
  return [...after.targets.keys()].flatMap((task) =>
    predictors.map(({ name, sees }) => ({
      ...{ task, proxy: name, sees: sees(features) },
      before: scored(before, old, task, name),
      after: scored(after, now, task, name),
    })),
  );
}

function errorRate(scored: ScoredById): number | null {
  return scored.size < 2 ? null : 1 - pairwiseAccuracy([...scored.values()]).accuracy;
}

/** Name of an indicator or outcome -> variant -> its change; only for values that changed. */
type Moves = ReadonlyMap<string, ReadonlyMap<string, Move>>;

function movesBetween(before: FeatureTable, after: FeatureTable): Moves {
  const named = ({ indicators, targets }: FeatureTable) => [
    ...[...indicators.values()].map((one) => [one.name, raw(one, one.values)] as const),
    ...[...targets.values()].map((one) => [outcomeOn(one.name), raw(one, one.outcomes)] as const),
  ];
  const old = new Map(named(before));
  const moves = named(after).map(
    ([name, values]) => [name, movesOf(old.get(name) ?? new Map(), values)] as const,
  );
  return new Map(moves.filter(([, found]) => found.size > 0));
}

function raw(measure: Measure, values: ByVariant): ByVariant {
  return new Map([...values].map(([id, value]) => [id, rawValue(measure, value)]));
}

function outcomeOn(task: string): string {
  return `outcome ${task}`;
}

function movesOf(before: ByVariant, after: ByVariant): Map<string, Move> {
  const moves = [...after].flatMap(([variant_id, value]): [string, Move][] => {
    const old = before.get(variant_id);
    return old === undefined || old === value
      ? []
      : [[variant_id, { variant_id, before: old, after: value }]];
  });
  return new Map(moves);
}

function largestOf(moves: readonly Move[]): Move {
  const size = ({ before, after }: Move) => Math.abs(after - before);
  return moves.reduce((largest, move) => (size(move) > size(largest) ? move : largest));
}

/**
 * Checks only pairs with a variant that changed. Others can flip only if a sum of indicators is
 * scaled differently after another variant's change, which the error rates show.
 */
function flipsOf({ task, proxy, sees, before, after }: Question, moves: Moves): Flip[] {
  const names = [...sees, outcomeOn(task)];
  const both = [...after.keys()].filter((id) => before.has(id));
  const moved = new Set(names.flatMap((name) => [...(moves.get(name)?.keys() ?? [])]));
  return both.flatMap((a, i) =>
    both.slice(i + 1).flatMap((b): Flip[] => {
      if (!moved.has(a) && !moved.has(b)) return [];
      const [was, is] = [answerAbout(before, a, b), answerAbout(after, a, b)];
      if (was === is) return [];
      const because = names.flatMap((name) => [a, b].flatMap((id) => moveText(name, moves, id)));
      return [{ task, proxy, a, b, before: was, after: is, because }];
    }),
  );
}

function answerAbout(scored: ScoredById, a: string, b: string): Answer {
  const [one, two] = [scored.get(a), scored.get(b)];
  const share = one && two ? agreement(one, two) : NaN;
  return share === 1 ? 'right' : share === 0 ? 'wrong' : 'tied';
}

function moveText(name: string, moves: Moves, id: string): string[] {
  const move = moves.get(name)?.get(id);
  return move ? [`${name} of ${id} ${short(move.before)} -> ${short(move.after)}`] : [];
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
