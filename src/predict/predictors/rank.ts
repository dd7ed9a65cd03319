/**
 * The order of one setting, higher first: a predictor from indicators must do better than this. In
 * the table of arXiv 2504.12491 the learning rate alone orders the pairs as well as any indicator.
 */
import type { Features } from '../feature-table';
import type { ByVariant } from '../measurements';
import { missingOf, noSense, type Predictor } from '../predictor';
import { varies } from '../settings';

export const RANK = 'rank:';

export function rankPredictor(setting: string): Predictor {
  const name = `${RANK}${setting}`;
  const values = ({ settings }: Features) => settings.get(setting)?.values as ByVariant | undefined;
  return {
    name,
    learns: false,
    sees: () => [setting],
    needs: (features) =>
      rankable(features).includes(setting)
        ? missingOf(features, new Map([[setting, values(features) ?? new Map()]]))
        : noSense(
            `"${setting}" is not a numeric setting in which variants differ, so it cannot rank them.`,
          ),
    fit: ({ features }) => ({ kind: 'values', value: (id) => values(features)?.get(id) }),
  };
}

/** The numeric settings in which variants differ. */
export function rankable({ settings, variants }: Features): string[] {
  return [...settings.values()]
    .filter((one) => one.kind === 'number' && new Set(one.values.values()).size > 1)
    .filter((one) => varies(one, variants))
    .map(({ name }) => name);
}
