/** A real S3 server for tests: SeaweedFS on free loopback ports and a temporary folder. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { PRIVATE_SOCKETS, securityEnvironment } from '../../src/stack/s3-security';
import { inVenv } from './root';

const WEED = inVenv('weed');
const START_MS = 30_000;
const PORT_FLAGS = [
  's3.port',
  's3.port.grpc',
  'master.port',
  'master.port.grpc',
  'volume.port',
  'volume.port.grpc',
  'filer.port',
  'filer.port.grpc',
  'admin.port',
  'admin.port.grpc',
];

export interface Seaweed {
  readonly bucket: string;
  readonly client: S3Client;
  /** What any S3 client needs to read beside us. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export async function startSeaweed(
  accessKeyId = randomBytes(8).toString('hex'),
  secretAccessKey = randomBytes(16).toString('hex'),
): Promise<Seaweed> {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'foretune-s3-'));
  const ports = await freePorts(PORT_FLAGS.length);
  const environment = {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${ports[0]}`,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  };
  const bucket = 'foretune';
  const server = launch(dir, ports, { ...environment, S3_BUCKET: bucket });
  const client = connect(environment);
  const stop = async () => {
    client.destroy();
    await end(server);
    await rm(dir, { recursive: true, force: true });
  };
  try {
    await untilReady(client, server, bucket);
  } catch (cause) {
    const log = await readFile(path.join(dir, 'weed.INFO'), 'utf8').catch(() => 'no log');
    await stop();
    throw new Error(`SeaweedFS did not start:\n${log.slice(-2000)}`, { cause });
  }
  return { bucket, client, environment, stop };
}

function launch(dir: string, ports: readonly number[], env: Record<string, string>): ChildProcess {
  const flags = [
    `-dir=${dir}`,
    '-ip=127.0.0.1',
    '-ip.bind=127.0.0.1',
    '-webdav=false',
    '-admin.ui=false',
    '-master.telemetry=false',
    '-s3.port.iceberg=0',
    '-s3.port.lance=0',
    ...PRIVATE_SOCKETS,
    ...PORT_FLAGS.map((flag, i) => `-${flag}=${ports[i]}`),
  ];
  return spawn(WEED, [`-logdir=${dir}`, 'mini', ...flags], {
    cwd: dir,
    env: { PATH: process.env.PATH, HOME: dir, TMPDIR: dir, ...securityEnvironment(dir), ...env },
    stdio: 'ignore',
  });
}

function connect(environment: Readonly<Record<string, string>>): S3Client {
  return new S3Client({
    endpoint: environment.AWS_ENDPOINT_URL,
    region: environment.AWS_REGION,
    forcePathStyle: true,
    credentials: {
      accessKeyId: environment.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: environment.AWS_SECRET_ACCESS_KEY ?? '',
    },
  });
}

async function untilReady(client: S3Client, server: ChildProcess, bucket: string): Promise<void> {
  const deadline = Date.now() + START_MS;
  for (;;) {
    try {
      await client.send(new HeadBucketCommand({ Bucket: bucket }));
      return;
    } catch (cause) {
      if (server.exitCode !== null || Date.now() > deadline) throw cause;
      await setTimeout(50);
    }
  }
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, 'exit');
  server.kill('SIGKILL');
  await ended;
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
