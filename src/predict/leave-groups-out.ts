/**
 * Pairs judged without the outcomes of either variant, by few fits: variants are dealt into groups, and
 * a pair is judged by the model that knows neither group. With as many variants as groups it is
 * `leaveTwoOut`; with 50 it takes 55 fits instead of 1,225.
 */
import { logitOf, type Trained } from './held-out';
import type { JudgedPair } from './judged-pair';
import { mapGroups } from './measurements';
import { fitPairwise, pairsOf, sigmoid } from './pairwise-logistic';

const GROUPS = 10;
/** Of more variants, each meets equally many others. */
const MOST_JUDGED = 5000;

/** A pair's split names its two groups, so that pairs of other splits can be found that share no variant. */
export function leaveGroupsOut(trained: readonly Trained[]): JudgedPair[] {
  const groups = deal(trained);
  const models = new Map<string, ReturnType<typeof fitPairwise>>();
  const modelOf = (split: string, hidden: ReadonlySet<number>) => {
    const known = models.get(split);
    if (known) return known;
    const model = fitPairwise(trained.filter((one) => !hidden.has(groups.get(one) ?? -1)));
    models.set(split, model);
    return model;
  };
  return pairsOf(trained.length, Math.max(MOST_JUDGED, trained.length)).flatMap(([i, j]) => {
    const [a, b] = [trained[i], trained[j]];
    if (!a || !b) return [];
    const both = [groups.get(a) ?? -1, groups.get(b) ?? -1].sort((x, y) => x - y);
    const split = both.join('-');
    const probability = sigmoid(logitOf(modelOf(split, new Set(both)), a, b));
    const [outcome_a, outcome_b] = [a.outcome, b.outcome];
    return [{ split, a: a.variant_id, b: b.variant_id, probability, outcome_a, outcome_b }];
  });
}

/** Variants of equal indicators are one checkpoint under several names: they share a group. */
function deal(trained: readonly Trained[]): Map<Trained, number> {
  const copies = mapGroups(
    trained,
    ({ features }) => JSON.stringify(features),
    (group) => group,
  );
  return new Map(
    [...copies.values()].flatMap((group, i) => group.map((one) => [one, i % GROUPS] as const)),
  );
}
