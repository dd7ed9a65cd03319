/**
 * The unsupervised proxies of arXiv 2504.12491, Table 1: each indicator by itself, and sums of
 * indicators scaled to [0, 1] over the study (min-max, which reproduces the published sums).
 */
import { INDICATORS, type Indicator } from '../domain/vocabulary';
import type { ByVariant, Measured } from './measurements';

export interface UnsupervisedProxy {
  readonly name: string;
  /** The sign with which each indicator enters the sum. */
  readonly terms: Readonly<Partial<Record<Indicator, 1 | -1>>>;
}

/** Perplexity: what every other proxy is compared with. */
export const BASELINE: Indicator = 'inv_ppl_clm';

export const UNSUPERVISED_PROXIES: readonly UnsupervisedProxy[] = [
  ...INDICATORS.map((name) => ({ name, terms: { [name]: 1 } }) as const),
  {
    name: 'mean_of_5',
    terms: { inv_ppl_clm: 1, inv_ppl_sc: 1, kshot_cms: 1, kshot_rag: 1, kshot_cbqa: 1 },
  },
  { name: 'sc+rag', terms: { inv_ppl_sc: 1, kshot_rag: 1 } },
  // The paper chose these signs after it had seen the outcomes: headroom, not a prediction.
  { name: 'sc+rag-clm', terms: { inv_ppl_sc: 1, kshot_rag: 1, inv_ppl_clm: -1 } },
];

/** What a proxy says of each variant that has every indicator it needs; higher means better. */
export function predict(proxy: UnsupervisedProxy, measured: Measured): ByVariant {
  const terms = Object.entries(proxy.terms);
  const scaled = terms.map(([indicator, sign]) => {
    const values = measured.indicators.get(indicator) ?? new Map<string, number>();
    return { sign, values: terms.length > 1 ? minMax(values) : values };
  });
  const complete = measured.variants.filter((id) => scaled.every(({ values }) => values.has(id)));
  return new Map(complete.map((id) => [id, signedSum(scaled, id)]));
}

function signedSum(terms: readonly { sign: number; values: ByVariant }[], id: string): number {
  return terms.reduce((sum, { sign, values }) => sum + sign * (values.get(id) ?? NaN), 0);
}

/** Scaled to [0, 1]; an indicator that is the same everywhere says nothing and becomes 0. */
function minMax(values: ByVariant): ByVariant {
  const low = Math.min(...values.values());
  const range = Math.max(...values.values()) - low;
  return new Map([...values].map(([id, value]) => [id, range ? (value - low) / range : 0]));
}
