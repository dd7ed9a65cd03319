/**
 * Converts judged pairs to a ranking (Borda, arXiv 2504.12491, section 4): is the best variant near
 * the top, and what is lost by choosing the first? Equal scores share one block, and figures are
 * expectations over the orders within it, so that the order of rows does not matter.
 */
import type { JudgedPair } from './judged-pair';
import { mapGroups, mean } from './measurements';

export interface RankedVariant {
  readonly variant_id: string;
  /** Number of other variants that it beats; a probability of 0.5 counts one half. */
  readonly score: number;
  readonly outcome: number;
}

export interface RankingSummary {
  readonly n_splits: number;
  /** Number of variants in the smallest split. */
  readonly n_variants: number;
  /** At index k - 1: how often the best variant is among the first k; mean over splits. */
  readonly recall_at: readonly number[];
  /** At index k - 1: outcome of the best variant minus that of the best of the first k. */
  readonly regret_at: readonly number[];
  /** Regret of choosing the first variant. */
  readonly regret: number;
}

/**
 * Nobody fine-tunes more than this to find the best one, and each depth takes a pass over the
 * ranking.
 */
const DEEPEST = 200;

/** The variants of one split, best score first, equal scores by id. */
export function bordaRanking(pairs: readonly JudgedPair[]): RankedVariant[] {
  const variants = new Map<string, { score: number; outcome: number }>();
  const add = (id: string, outcome: number, won: number) =>
    variants.set(id, { score: (variants.get(id)?.score ?? 0) + won, outcome });
  for (const { a, b, probability, outcome_a, outcome_b } of pairs) {
    const won = (1 + Math.sign(probability - 0.5)) / 2;
    add(a, outcome_a, won);
    add(b, outcome_b, 1 - won);
  }
  return [...variants]
    .map(([variant_id, rest]) => ({ variant_id, ...rest }))
    .sort((x, y) => y.score - x.score || (x.variant_id < y.variant_id ? -1 : 1));
}

/**
 * Means over the splits; recall and regret extend to the size of the smallest split, at most to
 * 200.
 */
export function summarizeRankings(pairs: readonly JudgedPair[]): RankingSummary {
  const rankings = [...mapGroups(pairs, (pair) => pair.split, bordaRanking).values()];
  const lengths = rankings.map((ranking) => ranking.length);
  const n_variants = rankings.length ? Math.min(...lengths) : 0;
  const depth = Math.min(DEEPEST, n_variants);
  const over = (figure: (ranking: readonly RankedVariant[], k: number) => number) =>
    Array.from({ length: depth }, (_, i) => mean(rankings.map((one) => figure(one, i + 1))));
  const regret_at = over(regretAt);
  return {
    n_splits: rankings.length,
    n_variants,
    recall_at: over(recallAt),
    regret_at,
    regret: regret_at[0] ?? NaN,
  };
}

/** The probability that a best variant is among the first k, with equal scores in random order. */
export function recallAt(ranking: readonly RankedVariant[], k: number): number {
  const best = Math.max(...ranking.map(({ outcome }) => outcome));
  const { above, block, drawn } = cut(ranking, k);
  if (above.some(({ outcome }) => outcome === best)) return 1;
  const winners = block.filter(({ outcome }) => outcome === best).length;
  return 1 - chanceOfNone(block.length, winners, drawn);
}

/** The best outcome minus the expected best outcome of the first k. */
export function regretAt(ranking: readonly RankedVariant[], k: number): number {
  const best = Math.max(...ranking.map(({ outcome }) => outcome));
  const { above, block, drawn } = cut(ranking, k);
  const floor = Math.max(...above.map(({ outcome }) => outcome));
  const sorted = block.map(({ outcome }) => Math.max(outcome, floor)).sort((x, y) => y - x);
  return best - expectedMaximum(sorted, drawn, floor);
}

/**
 * The variants that are certainly among the first k, and the block of equal scores that k cuts
 * through.
 */
function cut(ranking: readonly RankedVariant[], k: number) {
  const edge = ranking[k - 1]?.score ?? -Infinity;
  const above = ranking.filter(({ score }) => score > edge);
  const block = ranking.filter(({ score }) => score === edge);
  return { above, block, drawn: Math.min(k - above.length, block.length) };
}

/** The probability that none of `winners` is among `drawn` of `size`, drawn without replacement. */
function chanceOfNone(size: number, winners: number, drawn: number): number {
  let chance = 1;
  for (let i = 0; i < drawn; i++) chance *= Math.max(0, size - winners - i) / (size - i);
  return chance;
}

/**
 * The expected maximum of `drawn` values, drawn without replacement from values in descending
 * order.
 */
function expectedMaximum(sorted: readonly number[], drawn: number, floor: number): number {
  if (drawn === 0) return floor;
  let expected = 0;
  let missed = 1;
  sorted.forEach((value, i) => {
    const missedToo = chanceOfNone(sorted.length, i + 1, drawn);
    expected += value * (missed - missedToo);
    missed = missedToo;
  });
  return expected;
}
