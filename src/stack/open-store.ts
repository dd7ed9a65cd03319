/** The dataset's object store, probed once for what the commit protocol needs. */
import type { S3Client } from '@aws-sdk/client-s3';
import { z } from 'zod';
import type { Config } from '../config';
import { probeStore } from '../dataset/probe';
import { S3Store } from '../dataset/s3-store';
import type { ObjectStore } from '../dataset/store';
import type { OpenAddress } from '../study/remote-checkpoints';
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

/**
 * Opens s3:// addresses of checkpoints: on the server that `buckets` of the configuration names,
 * else on that of the dataset, with its credentials.
 */
export function openAddresses(config: Config, { s3 }: StackEndpoints): OpenAddress {
  const clients = new Map<string, S3Client>();
  return (uri) => {
    const [bucket = '', ...prefix] = uri.slice('s3://'.length).split('/');
    const own = Object.hasOwn(config.buckets, bucket) ? config.buckets[bucket] : undefined;
    const client = clients.get(bucket) ?? s3Client(own ? { ...own, credentials: null } : s3);
    clients.set(bucket, client);
    const server = own
      ? `${own.endpoint} (\`buckets\` of temporal.config.ts)`
      : `${s3.endpoint ?? 'AWS'}, the S3 server of the dataset (for another one, add the bucket to \`buckets\` of temporal.config.ts)`;
    return { store: new S3Store({ client, bucket, prefix: prefix.join('/') }), server };
  };
}

/** A restarted server is probed again. */
function startOf(config: Config): string {
  return config.s3.embedded ? (identityOf(config.stateDir, 's3')?.started ?? '') : '';
}
