/** A made-up study: five indicators of which some tell of the outcome. */
import { INDICATORS } from '../../src/domain/vocabulary';
import type { Measured } from '../../src/predict/measurements';
import { normals } from './judged';

/** Variants "v0", "v1", ...; the outcome is the sum of the first two indicators plus noise. */
export function madeUp(n: number, seed = 1, noise = 0.5): Measured {
  const normal = normals(seed);
  const variants = Array.from({ length: n }, (_, i) => `v${i}`);
  const draw = () => new Map(variants.map((id) => [id, normal()]));
  const indicators = new Map(INDICATORS.map((name) => [name as string, draw()]));
  const [first, second] = [...indicators.values()];
  const outcome = (id: string) =>
    (first?.get(id) ?? NaN) + (second?.get(id) ?? NaN) + noise * normal();
  return {
    variants,
    indicators,
    outcomes: new Map([['cms', new Map(variants.map((id) => [id, outcome(id)]))]]),
  };
}

/** The same study with other outcomes for some variants; null takes an outcome away. */
export function withOutcomes(
  measured: Measured,
  changes: Readonly<Record<string, number | null>>,
): Measured {
  const outcomes = new Map(measured.outcomes.get('cms'));
  for (const [id, value] of Object.entries(changes))
    if (value === null) outcomes.delete(id);
    else outcomes.set(id, value);
  return { ...measured, outcomes: new Map([['cms', outcomes]]) };
}

/** The same study with other indicators for one variant; null takes one away. */
export function withIndicators(
  measured: Measured,
  id: string,
  values: Readonly<Record<string, number | null>>,
): Measured {
  const indicators = new Map(
    [...measured.indicators].map(([name, known]) => {
      const changed = new Map(known);
      const value = values[name];
      if (value === null) changed.delete(id);
      else if (value !== undefined) changed.set(id, value);
      return [name, changed] as const;
    }),
  );
  return { ...measured, indicators };
}

export function indicatorsOf(measured: Measured, id: string): Record<string, number> {
  return Object.fromEntries(
    [...measured.indicators].map(([name, values]) => [name, values.get(id) ?? NaN]),
  );
}
