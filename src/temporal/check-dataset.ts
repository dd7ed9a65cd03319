/** Checks the dataset against itself, the books and what this machine remembers of it. */
import { fsck, type Checked } from '../dataset/fsck/fsck';
import type { RecordedHead } from '../dataset/fsck/heads';
import { forgetHead, knownHead } from '../stack/known-head';
import type { Session } from './session';

export interface CheckOptions {
  readonly repair?: boolean;
  /** The log that is there is the right one: later versions that are remembered are forgotten. */
  readonly accept?: boolean;
}

export async function checkDataset(session: Session, options: CheckOptions): Promise<Checked> {
  const { store, studies, config } = session;
  const { repair = false } = options;
  if (!options.accept) return fsck(store, { repair, heads: await recordedHeads(session) });
  const checked = await fsck(store, { repair });
  await studies.forgetHeads();
  forgetHead(config);
  return checked;
}

async function recordedHeads({ studies, config, endpoints }: Session): Promise<RecordedHead[]> {
  const own = knownHead(config, endpoints).read();
  const heads = [...(await studies.heads())].map(([study, head]) => ({
    ...head,
    source: `study ${study}`,
  }));
  return own ? [...heads, { ...own, source: 'this machine' }] : heads;
}
