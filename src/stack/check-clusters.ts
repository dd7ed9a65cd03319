/** Checks whether clusters respond and accept jobs, with the check of each kind. */
import type { Config } from '../config';
import { kindOf } from '../cluster/settings';
import { placeOf } from '../study/clusters';
import { checks, type Check } from './check';

export async function clusterChecks(config: Config): Promise<Check[]> {
  const all = Object.entries(config.clusters).map(([name, settings]) =>
    checks(
      `cluster ${name}`,
      () => kindOf(settings).check(settings, placeOf(config, name)),
      `Correct "${name}" of \`clusters\` in temporal.config.ts, or remove it.`,
    ),
  );
  return (await Promise.all(all)).flat();
}
