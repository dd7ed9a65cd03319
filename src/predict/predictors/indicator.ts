/** A single indicator: predicts that the variant with the better value is better. */
import type { Features, Indicator } from '../feature-table';
import { missingOf, noSense, type Predictor } from '../predictor';

export function indicatorPredictor({ name }: Pick<Indicator, 'name'>): Predictor {
  const values = ({ indicators }: Features) => indicators.get(name)?.values;
  return {
    name,
    learns: false,
    sees: () => [name],
    needs: (features) => {
      const known = values(features);
      return known
        ? missingOf(features, new Map([[name, known]]))
        : noSense(`No variant has indicator ${name}.`);
    },
    fit: ({ features }) => ({ kind: 'values', value: (id) => values(features)?.get(id) }),
  };
}
