/**
 * The servers that studies need. Servers that the configuration does not name are embedded: real
 * Temporal and real S3 from packages, on loopback, started on demand, their state in `.foretune/`.
 */
import type { Config, S3Credentials } from '../config';
import { embeddedCredentials, s3Server } from './s3-server';
import { isUp, portsOf, startServer, stopServer, type ServerSpec } from './server';
import { withLock } from './state';
import { temporalServer } from './temporal-server';

export interface StackEndpoints {
  readonly temporal: {
    readonly address: string;
    readonly namespace: string;
    /** Address of the embedded server's web pages. */
    readonly ui: string | null;
  };
  readonly s3: {
    readonly endpoint: string | null;
    readonly region: string;
    readonly bucket: string;
    readonly prefix: string;
    readonly credentials: S3Credentials | null;
  };
}

/** The embedded servers of a configuration: none, one or both. */
export function embeddedServers(config: Config): ServerSpec[] {
  return [
    ...(config.temporal.address === null ? [temporalServer(config)] : []),
    ...(config.s3.embedded ? [s3Server(config)] : []),
  ];
}

/** Checks the servers, and starts those that are not running. Throws StackError with advice. */
export async function startStack(
  config: Config,
  say: (text: string) => void,
): Promise<StackEndpoints> {
  const specs = embeddedServers(config);
  if ((await down(config, specs)).length)
    await withLock(config.stateDir, 'stack', async () => {
      const missing = await down(config, specs);
      if (!missing.length) return;
      say(`Starting ${missing.map((spec) => spec.title).join(' and ')} ...`);
      await settle(missing.map((spec) => startServer(config.stateDir, spec, say)));
    });
  return endpointsOf(config);
}

/**
 * Stops the embedded servers; their data is kept. Names of those that were running. A server that
 * this configuration replaces may have been started under another one.
 */
export async function stopStack(config: Config): Promise<string[]> {
  const stopped = await withLock(config.stateDir, 'stack', () =>
    Promise.all(
      [temporalServer(config), s3Server(config)].map(async ({ name, title }) =>
        (await stopServer(config.stateDir, name)) ? title : null,
      ),
    ),
  );
  return stopped.filter((title) => title !== null);
}

async function down(config: Config, specs: readonly ServerSpec[]): Promise<ServerSpec[]> {
  const up = await Promise.all(specs.map((spec) => isUp(config.stateDir, spec)));
  return specs.filter((_, i) => !up[i]);
}

/** Waits for all starts, then throws the first error. */
async function settle(starts: readonly Promise<unknown>[]): Promise<void> {
  for (const result of await Promise.allSettled(starts))
    if (result.status === 'rejected') throw result.reason;
}

export function endpointsOf(config: Config): StackEndpoints {
  const { temporal, s3, stateDir } = config;
  const ports = portsOf(stateDir, 'temporal');
  const s3Port = portsOf(stateDir, 's3')?.s3;
  return {
    temporal: {
      address: temporal.address ?? `127.0.0.1:${ports?.frontend}`,
      namespace: temporal.namespace,
      ui: temporal.address === null ? `http://127.0.0.1:${ports?.ui}` : null,
    },
    s3: {
      endpoint: s3.embedded ? `http://127.0.0.1:${s3Port}` : s3.endpoint,
      region: s3.region,
      bucket: s3.bucket,
      prefix: s3.prefix,
      credentials: s3.embedded ? embeddedCredentials(stateDir) : s3.credentials,
    },
  };
}
