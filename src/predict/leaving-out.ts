/** How an accuracy changes without suspicious variants: copies of others, and collapsed ones. */
import { judgedAccuracy } from './judged-accuracy';
import type { JudgedPair } from './judged-pair';
import type { Oddities } from './oddities';

export interface LeavingOut {
  readonly reason: 'copies' | 'collapsed' | 'both';
  /** In the order in which they were found. */
  readonly left_out: readonly string[];
  readonly n_pairs: number;
  readonly accuracy: number;
  readonly n_pairs_without: number;
  /** Null if no pair is left. */
  readonly accuracy_without: number | null;
}

/** All equal variants except the first. */
export function copiesOf({ equal }: Oddities): string[] {
  return equal.flatMap((group) => group.slice(1));
}

/** Far worse than all others in an indicator or an outcome: more likely a failure than a result. */
export function collapsedOf({ outliers }: Oddities): string[] {
  const worse = outliers.filter(({ is_worse }) => is_worse);
  return [...new Set(worse.map(({ variant_id }) => variant_id))];
}

/** One entry for each reason for which variants are left out. */
export function effectOfLeavingOut(pairs: readonly JudgedPair[], oddities: Oddities): LeavingOut[] {
  const [copies, collapsed] = [copiesOf(oddities), collapsedOf(oddities)];
  const both = [...new Set([...copies, ...collapsed])];
  const all = { copies, collapsed, both };
  return (['copies', 'collapsed', 'both'] as const)
    .filter((reason) => all[reason].length > 0)
    .map((reason) => ({ reason, left_out: all[reason], ...without(pairs, all[reason]) }));
}

function without(
  pairs: readonly JudgedPair[],
  left_out: readonly string[],
): Omit<LeavingOut, 'reason' | 'left_out'> {
  const kept = pairs.filter(({ a, b }) => !left_out.includes(a) && !left_out.includes(b));
  return {
    ...judgedAccuracy(pairs),
    n_pairs_without: kept.length,
    accuracy_without: kept.length ? judgedAccuracy(kept).accuracy : null,
  };
}
