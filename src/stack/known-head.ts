/** Remembers the newest version of the dataset in the state folder, beside the stack. */
import { z } from 'zod';
import type { Head, KnownHead } from '../dataset/known-head';
import type { Config } from '../config';
import type { StackEndpoints } from './stack';
import { readState, removeState, writeState } from './state';

const FILE = 'dataset-head.json';
const EVERY_MS = 250;
const HeadSchema = z.object({ store: z.string(), version: z.number(), digest: z.string() });

export function knownHead({ stateDir, s3 }: Config, endpoints: StackEndpoints): KnownHead {
  const { endpoint, bucket, prefix } = endpoints.s3;
  // The embedded server may move to another port.
  const store = `${s3.embedded ? 'embedded' : (endpoint ?? 'aws')} ${bucket}/${prefix}`;
  const read = (): Head | undefined => {
    const head = readState(stateDir, FILE, HeadSchema);
    return head?.store === store ? { version: head.version, digest: head.digest } : undefined;
  };
  const write = (head: Head): void => {
    try {
      if ((read()?.version ?? 0) < head.version) writeState(stateDir, FILE, { store, ...head });
    } catch {
      // The commits are recorded. A later one is remembered when the folder can be written again.
    }
  };
  return { read, keep: newestOf(write) };
}

/** Calls `write` with the newest head, at once and then at most once in EVERY_MS. */
function newestOf(write: (head: Head) => void): (head: Head) => void {
  let [kept, newest, timer]: [number, Head | null, NodeJS.Timeout | null] = [0, null, null];
  const due = () => {
    timer = null;
    if (!newest) return;
    write(newest);
    newest = null;
    timer = setTimeout(due, EVERY_MS).unref();
  };
  return (head) => {
    if (head.version <= kept) return;
    kept = head.version;
    newest = head;
    if (!timer) due();
  };
}

/** Forgets it: the log that is there now is the right one. */
export function forgetHead({ stateDir }: Config): void {
  removeState(stateDir, FILE);
}
