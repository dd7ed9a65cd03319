/**
 * A weighted sum of indicators, each oriented so that higher is better and scaled to [0, 1] over
 * the study (arXiv 2504.12491, Table 1: min-max reproduces the published sums).
 */
import type { ProxyWords } from '../../domain/words';
import type { Features } from '../feature-table';
import type { ByVariant } from '../measurements';
import { missingOf, noSense, type Predictor } from '../predictor';

export function sumPredictor({ name, terms, chosen_after }: ProxyWords): Predictor {
  const names = Object.keys(terms);
  const columns = ({ indicators }: Features) =>
    new Map(names.map((term) => [term, indicators.get(term)?.values ?? NO_VALUES]));
  return {
    name,
    learns: false,
    chosen_after,
    sees: () => names,
    needs: (features) => {
      const absent = names.filter((term) => !features.indicators.has(term));
      return absent.length
        ? noSense(`No variant has indicator ${absent.join(', ')}, which proxy ${name} needs.`)
        : missingOf(features, columns(features));
    },
    fit: ({ features }) => {
      const sums = sumsOf(features, columns(features), terms);
      return { kind: 'values', value: (id) => sums.get(id) };
    },
  };
}

const NO_VALUES: ByVariant = new Map();

/** The sum of each variant that has every term. */
function sumsOf(
  { studies, variants }: Features,
  columns: ReadonlyMap<string, ByVariant>,
  terms: ProxyWords['terms'],
): ByVariant {
  const weighted = [...columns].map(([name, values]) => ({
    weight: terms[name] ?? 0,
    values: columns.size > 1 ? scaled(values, studies) : values,
  }));
  const complete = variants.filter((id) => weighted.every(({ values }) => values.has(id)));
  return new Map(
    complete.map((id) => [
      id,
      weighted.reduce((sum, { weight, values }) => sum + weight * (values.get(id) ?? NaN), 0),
    ]),
  );
}

/** Within each study; an indicator that is the same for all variants becomes 0. */
export function scaled(values: ByVariant, studies: Features['studies']): ByVariant {
  return new Map(studies.flatMap((ids) => [...minMax(ids, values)]));
}

function minMax(ids: readonly string[], values: ByVariant): ByVariant {
  const known = ids.flatMap((id) => {
    const value = values.get(id);
    return value === undefined ? [] : [[id, value] as const];
  });
  let [low, high] = [Infinity, -Infinity];
  for (const [, value] of known) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return new Map(known.map(([id, value]) => [id, high > low ? (value - low) / (high - low) : 0]));
}
