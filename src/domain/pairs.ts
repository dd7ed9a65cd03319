/**
 * The pair question: which of two variants will be better after fine-tuning? A proxy answers it by
 * comparing what it predicts for each (arXiv 2504.12491, section 3.1). Pure.
 */

/** A variant's two numbers: a proxy's prediction before fine-tuning, and the outcome after it. */
export interface Scored {
  readonly predicted: number;
  readonly outcome: number;
}

export interface PairwiseAccuracy {
  /** All unordered pairs, including ties. */
  readonly n_pairs: number;
  /** Share of pairs whose better variant the proxy predicts; NaN if there are no pairs. */
  readonly accuracy: number;
}

/**
 * 1 when both numbers name the same variant, 0 when they differ; a tie in either counts one half.
 */
export function agreement(a: Scored, b: Scored): number {
  const predicted = Math.sign(a.predicted - b.predicted);
  return (1 + predicted * Math.sign(a.outcome - b.outcome)) / 2;
}

export function pairwiseAccuracy(variants: readonly Scored[]): PairwiseAccuracy {
  const n_pairs = countPairs(variants.length);
  const agreed = agreedWithOthers(variants).reduce((total, value) => total + value, 0) / 2;
  return { n_pairs, accuracy: agreed / n_pairs };
}

export function countPairs(variants: number): number {
  return (variants * (variants - 1)) / 2;
}

/**
 * For each variant, the sum of its agreements with all others; NaN if one of its numbers is NaN.
 * Counted in order of prediction with a tree of counts, since 2,000 variants have two million
 * pairs. Sums of halves are exact, so the order of counting does not change the result.
 */
export function agreedWithOthers(variants: readonly Scored[]): Float64Array {
  const n = variants.length;
  if (variants.some(({ predicted, outcome }) => Number.isNaN(predicted + outcome)))
    return new Float64Array(n).fill(NaN);
  const predicted = placesOf(variants.map((variant) => variant.predicted));
  const outcomes = placesOf(variants.map((variant) => variant.outcome));
  const order = Uint32Array.from(predicted, (_, i) => i).sort(
    (i, j) => (predicted[i] as number) - (predicted[j] as number),
  );
  const agreed = new Float64Array(n).fill((n - 1) / 2);
  addAgreement(agreed, order, predicted, outcomes, 1);
  addAgreement(agreed, order.reverse(), predicted, outcomes, -1);
  return agreed;
}

/** The rank of each value among the distinct values, from 1. */
function placesOf(values: readonly number[]): Uint32Array {
  const different = [...new Set(values)].sort((a, b) => a - b);
  const places = new Map(different.map((value, i) => [value, i + 1]));
  return Uint32Array.from(values, (value) => places.get(value) ?? 0);
}

/**
 * Compares each variant with those of lower prediction (`direction` 1) or, in reverse order, of
 * higher prediction (-1): +1/2 for each outcome on the right side, -1/2 for each on the wrong side.
 */
function addAgreement(
  agreed: Float64Array,
  order: Uint32Array,
  predicted: Uint32Array,
  outcomes: Uint32Array,
  direction: 1 | -1,
): void {
  const counts = new Uint32Array(order.length + 1);
  let seen = 0;
  for (let start = 0; start < order.length; start = seen) {
    let end = start;
    while (
      end < order.length &&
      predicted[order[end] as number] === predicted[order[start] as number]
    )
      end += 1;
    for (let k = start; k < end; k++) {
      const i = order[k] as number;
      const place = outcomes[i] as number;
      const [below, upTo] = [countUpTo(counts, place - 1), countUpTo(counts, place)];
      agreed[i] = (agreed[i] as number) + (direction * (below - (seen - upTo))) / 2;
    }
    for (; seen < end; seen++) insert(counts, outcomes[order[seen] as number] as number);
  }
}

/** A Fenwick tree: each node counts the places that its lowest bit spans. */
function insert(counts: Uint32Array, place: number): void {
  for (let at = place; at < counts.length; at += at & -at) counts[at] = (counts[at] as number) + 1;
}

function countUpTo(counts: Uint32Array, place: number): number {
  let count = 0;
  for (let at = place; at > 0; at -= at & -at) count += counts[at] as number;
  return count;
}
