/** A study file with the checkpoints that it registers, looked up where they lie. */
import type { Configuration } from '../books/studies';
import type { LoadedStudy } from '../study/load-study';
import { lookUpCheckpoints } from '../study/registered';
import { RemoteCheckpoints } from '../study/remote-checkpoints';
import { storeAt } from './open-store';
import type { StackEndpoints } from './stack';

export async function lookUp(
  { endpoints }: { readonly endpoints: StackEndpoints },
  { study, table, folder }: LoadedStudy,
): Promise<Configuration> {
  const remote = new RemoteCheckpoints((uri) => storeAt(endpoints, uri));
  const registered = await lookUpCheckpoints(study, folder, (uri) => remote.identity(uri));
  return { study, table, registered };
}
