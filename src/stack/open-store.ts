/** The dataset's object store, probed once for what the commit protocol needs. */
import { z } from 'zod';
import type { Config } from '../config';
import { probeStore } from '../dataset/probe';
import { S3Store } from '../dataset/s3-store';
import type { ObjectStore } from '../dataset/store';
import { s3Client } from './s3-client';
import { identityOf } from './server';
import type { StackEndpoints } from './stack';
import { readState, writeState } from './state';

const PROBED_FILE = 'probed.json';
const ProbedSchema = z.object({ store: z.string() });

export async function openStore(config: Config, endpoints: StackEndpoints): Promise<ObjectStore> {
  const store = unprobedStore(endpoints);
  const identity = `${endpoints.s3.endpoint ?? 'aws'} ${store.uri} ${startOf(config)}`;
  if (readState(config.stateDir, PROBED_FILE, ProbedSchema)?.store === identity) return store;
  await probeStore(store);
  writeState(config.stateDir, PROBED_FILE, { store: identity });
  return store;
}

export function unprobedStore({ s3 }: StackEndpoints): ObjectStore {
  return new S3Store({ client: s3Client(s3), bucket: s3.bucket, prefix: s3.prefix });
}

/** The objects below an s3:// address of the same server. */
export function storeAt({ s3 }: StackEndpoints, uri: string): ObjectStore {
  const [bucket = '', ...prefix] = uri.slice('s3://'.length).split('/');
  return new S3Store({ client: s3Client(s3), bucket, prefix: prefix.join('/') });
}

/** A restarted server is probed again. */
function startOf(config: Config): string {
  return config.s3.embedded ? (identityOf(config.stateDir, 's3')?.started ?? '') : '';
}
