/**
 * What a new fit says that the fit before it did not: error rates before and after, the measurements
 * that moved, and the pairs whose answer flipped because of them. Pure.
 */
import { agreement, pairwiseAccuracy, type Scored } from '../domain/pairs';
import { scoredById, scoredVariants } from './fit';
import type { ByVariant, Measured } from './measurements';
import { predict, UNSUPERVISED_PROXIES, type UnsupervisedProxy } from './unsupervised';

export interface Drift {
  readonly variants_added: readonly string[];
  readonly variants_gone: readonly string[];
  /** A task and proxy that had no pair before, or has none now, has null there. */
  readonly error_rates: readonly {
    readonly task: string;
    readonly proxy: string;
    readonly before: number | null;
    readonly after: number | null;
  }[];
  /** Indicators and outcomes (`outcome cms`) that are not what they were. */
  readonly moved: readonly Moved[];
  /** The first of them, by task, proxy and variant. */
  readonly flips: readonly Flip[];
  readonly n_flips: number;
}

/** Of one indicator, or of the outcomes on one task. */
export interface Moved {
  readonly name: string;
  /** Variants that have another value than before; those without one before or now not counted. */
  readonly n_variants: number;
  readonly largest: Move;
}

export interface Move {
  readonly variant_id: string;
  readonly before: number;
  readonly after: number;
}

export type Answer = 'right' | 'wrong' | 'tied';

/** A pair about which a proxy was right and is not now, or the other way round. */
export interface Flip {
  readonly task: string;
  readonly proxy: string;
  readonly a: string;
  readonly b: string;
  readonly before: Answer;
  readonly after: Answer;
  /** What moved of the two, e.g. `outcome cms of clm-books 0.51 -> 0.48`. */
  readonly because: readonly string[];
}

const MOST_SHOWN = 200;

export function driftBetween(before: Measured, after: Measured, tasks: readonly string[]): Drift {
  const moves = movesBetween(before, after);
  const flips = tasks.flatMap((task) =>
    UNSUPERVISED_PROXIES.flatMap((proxy) => flipsOf(proxy, task, { before, after, moves })),
  );
  const [old, now] = [new Set(before.variants), new Set(after.variants)];
  return {
    variants_added: after.variants.filter((id) => !old.has(id)),
    variants_gone: before.variants.filter((id) => !now.has(id)),
    error_rates: tasks.flatMap((task) =>
      UNSUPERVISED_PROXIES.map((proxy) => ({
        task,
        proxy: proxy.name,
        before: errorRate(before, proxy, task),
        after: errorRate(after, proxy, task),
      })),
    ),
    moved: [...moves].map(([name, found]) => ({
      name,
      n_variants: found.size,
      largest: largestOf([...found.values()]),
    })),
    flips: flips.slice(0, MOST_SHOWN),
    n_flips: flips.length,
  };
}

function errorRate(measured: Measured, proxy: UnsupervisedProxy, task: string): number | null {
  const variants = scoredVariants(measured, predict(proxy, measured), task);
  return variants.length < 2 ? null : 1 - pairwiseAccuracy(variants).accuracy;
}

/** Name of an indicator or outcome -> variant -> its move; nothing for what stayed. */
type Moves = ReadonlyMap<string, ReadonlyMap<string, Move>>;

function movesBetween(before: Measured, after: Measured): Moves {
  const named = (measured: Measured) =>
    new Map([
      ...measured.indicators,
      ...[...measured.outcomes].map(([task, values]) => [outcomeOn(task), values] as const),
    ]);
  const [old, now] = [named(before), named(after)];
  const moves = [...now].map(
    ([name, values]) => [name, movesOf(old.get(name) ?? new Map(), values)] as const,
  );
  return new Map(moves.filter(([, found]) => found.size > 0));
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

interface Change {
  readonly before: Measured;
  readonly after: Measured;
  readonly moves: Moves;
}

/**
 * Among the pairs of a variant that moved. Others can flip only where a sum of indicators is scaled
 * anew by somebody else's move, which the error rates show.
 */
function flipsOf(proxy: UnsupervisedProxy, task: string, { before, after, moves }: Change): Flip[] {
  const names = [...Object.keys(proxy.terms), outcomeOn(task)];
  const scored = (measured: Measured) => scoredById(measured, predict(proxy, measured), task);
  const [old, now] = [scored(before), scored(after)];
  const both = [...now.keys()].filter((id) => old.has(id));
  const moved = new Set(names.flatMap((name) => [...(moves.get(name)?.keys() ?? [])]));
  return both.flatMap((a, i) =>
    both.slice(i + 1).flatMap((b): Flip[] => {
      if (!moved.has(a) && !moved.has(b)) return [];
      const [was, is] = [answerAbout(old, a, b), answerAbout(now, a, b)];
      if (was === is) return [];
      const because = names.flatMap((name) => [a, b].flatMap((id) => told(name, moves, id)));
      return [{ task, proxy: proxy.name, a, b, before: was, after: is, because }];
    }),
  );
}

function answerAbout(scored: ReadonlyMap<string, Scored>, a: string, b: string): Answer {
  const [one, two] = [scored.get(a), scored.get(b)];
  const share = one && two ? agreement(one, two) : NaN;
  return share === 1 ? 'right' : share === 0 ? 'wrong' : 'tied';
}

function told(name: string, moves: Moves, id: string): string[] {
  const move = moves.get(name)?.get(id);
  return move ? [`${name} of ${id} ${short(move.before)} -> ${short(move.after)}`] : [];
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
