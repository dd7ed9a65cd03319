/**
 * The dataset's object store, probed for what the commit protocol needs: at first use, once a day,
 * and whenever another server, other credentials or another version of foretune may answer otherwise.
 */
import type { S3Client } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { version } from '../../package.json';
import { sha256 } from '../base/fingerprint';
import type { Config } from '../config';
import { probeStore } from '../dataset/probe';
import { S3Store } from '../dataset/s3-store';
import type { ObjectStore } from '../dataset/store';
import type { OpenAddress } from '../study/remote-checkpoints';
import { AWS_VARIABLES, s3Client } from './s3-client';
import { identityOf } from './server';
import type { StackEndpoints } from './stack';
import { readState, writeState } from './state';

const PROBED_FILE = 'probed.json';
const ProbedSchema = z.object({ subject: z.string(), time: z.number() });
const PROBED_FOR_MS = 24 * 3600 * 1000;

export async function openStore(config: Config, endpoints: StackEndpoints): Promise<ObjectStore> {
  const store = unprobedStore(endpoints);
  const subject = probeSubject(config, endpoints, store);
  const probed = readState(config.stateDir, PROBED_FILE, ProbedSchema);
  // A clock that was set back must not keep an old result.
  const isRecent = probed && Math.abs(Date.now() - probed.time) < PROBED_FOR_MS;
  if (isRecent && probed.subject === subject) return store;
  await probeStore(store);
  writeState(config.stateDir, PROBED_FILE, { subject, time: Date.now() }, 0o600);
  return store;
}

/** Digest of all that a probe's result depends on, as far as we know it. */
function probeSubject(config: Config, { s3 }: StackEndpoints, { uri }: ObjectStore): string {
  const access = s3.credentials ?? AWS_VARIABLES.map((name) => config.environment[name] ?? null);
  const server = [s3.endpoint ?? 'aws', uri, startOf(config)];
  return sha256(JSON.stringify([server, access, version]));
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
