/** The current fits: those of the newest measurements. */
import type { Row } from '../dataset/tables';

type FitKey = Pick<Row<'fits'>, 'fit_id' | 'settings_json'>;

/** The rows of the newest fit on all pairs, of the predictors that are not trained. */
export function latestFits<T extends FitKey>(fits: readonly T[]): T[] {
  return newestFits(fits).filter(({ settings_json }) => settings_json === null);
}

/** The rows of the newest fit for each settings. */
export function newestFits<T extends FitKey>(fits: readonly T[]): T[] {
  const newest = new Map(fits.map(({ settings_json, fit_id }) => [settings_json, fit_id]));
  return fits.filter(({ settings_json, fit_id }) => newest.get(settings_json) === fit_id);
}
