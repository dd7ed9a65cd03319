/** A study file with the checkpoints that it registers, located where they are stored. */
import type { Configuration } from '../books/studies';
import type { Config } from '../config';
import { cacheOf } from '../study/clusters';
import { withCheckpoints } from '../study/expand';
import { checkTable, type LoadedStudy } from '../study/load-study';
import { manifestsOf } from '../study/manifests';
import { lookUpCheckpoints } from '../study/registered';
import { RemoteCheckpoints } from '../study/remote-checkpoints';
import { openAddresses } from './open-store';
import type { StackEndpoints } from './stack';

export async function lookUp(
  { config, endpoints }: { readonly config: Config; readonly endpoints: StackEndpoints },
  { study: loaded, table, folder }: LoadedStudy,
): Promise<Configuration> {
  const study = await withCheckpoints(loaded, manifestsOf(config));
  if (study !== loaded) checkTable(study, table);
  const remote = new RemoteCheckpoints(openAddresses(config, endpoints), cacheOf(config));
  const registered = await lookUpCheckpoints(study, folder, (uri) => remote.identity(uri));
  return { study, table, registered };
}
