/**
 * The embedded S3 server: SeaweedFS, with random credentials in a file that only its owner reads.
 */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { z } from 'zod';
import type { Config, S3Credentials } from '../config';
import { s3Client } from './s3-client';
import { PRIVATE_SOCKETS, securityEnvironment } from './s3-security';
import type { ServerSpec } from './server';
import { readState, writeState } from './state';
import { serverEnvironment } from './temporal-server';

/** The key of the health check, outside the dataset. */
const HEALTH_KEY = 'health';
const CREDENTIALS_FILE = 's3-credentials.json';
/** SeaweedFS's file format. With credentials in the environment it would log the access key. */
const IdentitiesSchema = z.object({
  identities: z.tuple([
    z.object({
      credentials: z.tuple([z.object({ accessKey: z.string(), secretKey: z.string() })]),
    }),
  ]),
});
/** The format of earlier versions. */
const PlainSchema = z.object({ accessKeyId: z.string(), secretAccessKey: z.string() });

/** The embedded server's credentials, created at the first call. */
export function embeddedCredentials(stateDir: string): S3Credentials {
  const known = readState(stateDir, CREDENTIALS_FILE, IdentitiesSchema);
  if (known) {
    const { accessKey, secretKey } = known.identities[0].credentials[0];
    return { accessKeyId: accessKey, secretAccessKey: secretKey };
  }
  const made = readState(stateDir, CREDENTIALS_FILE, PlainSchema) ?? randomCredentials();
  const { accessKeyId: accessKey, secretAccessKey: secretKey } = made;
  const identity = { name: 'foretune', credentials: [{ accessKey, secretKey }] };
  const content = { identities: [{ ...identity, actions: ['Admin'] }] };
  writeState(stateDir, CREDENTIALS_FILE, content, 0o600);
  return made;
}

function randomCredentials(): S3Credentials {
  return {
    accessKeyId: randomBytes(10).toString('hex').toUpperCase(),
    secretAccessKey: randomBytes(30).toString('base64url'),
  };
}

/** The path of the credentials file, which is written if it does not exist. */
function credentialsFile({ stateDir }: Config): string {
  embeddedCredentials(stateDir);
  return path.join(stateDir, CREDENTIALS_FILE);
}

export function s3Server(config: Config): ServerSpec {
  const data = path.join(config.stateDir, 's3');
  const { bucket, region } = config.s3;
  return {
    name: 's3',
    title: 'the S3 server',
    ports: [
      ...(['s3', 's3Grpc', 'master', 'masterGrpc', 'volume', 'volumeGrpc'] as const),
      ...(['filer', 'filerGrpc', 'admin', 'adminGrpc'] as const),
    ],
    command: (ports) => ({
      command: path.join(path.dirname(config.python), 'weed'),
      args: [
        ...['-logtostderr', 'mini', `-dir=${data}`, '-ip=127.0.0.1', '-ip.bind=127.0.0.1'],
        ...['-webdav=false', '-admin.ui=false', '-master.telemetry=false'],
        ...['-s3.port.iceberg=0', '-s3.port.lance=0', `-s3.config=${credentialsFile(config)}`],
        ...[`-s3.port=${ports.s3}`, `-s3.port.grpc=${ports.s3Grpc}`],
        ...[`-master.port=${ports.master}`, `-master.port.grpc=${ports.masterGrpc}`],
        ...[`-volume.port=${ports.volume}`, `-volume.port.grpc=${ports.volumeGrpc}`],
        ...[`-filer.port=${ports.filer}`, `-filer.port.grpc=${ports.filerGrpc}`],
        ...[`-admin.port=${ports.admin}`, `-admin.port.grpc=${ports.adminGrpc}`],
        ...PRIVATE_SOCKETS,
      ],
      env: {
        ...serverEnvironment(config),
        ...securityEnvironment(config.stateDir),
        S3_BUCKET: bucket,
      },
    }),
    async check(ports) {
      const client = s3Client({
        endpoint: `http://127.0.0.1:${ports.s3}`,
        region,
        credentials: embeddedCredentials(config.stateDir),
        attempts: 1,
      });
      try {
        // The bucket exists seconds before the volumes of its objects: only a write shows that it
        // is ready.
        await client.send(new PutObjectCommand({ Bucket: bucket, Key: HEALTH_KEY, Body: 'ok' }));
      } finally {
        client.destroy();
      }
    },
  };
}
