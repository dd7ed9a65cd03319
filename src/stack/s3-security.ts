/**
 * What keeps others out of the embedded S3 server. Only its S3 port takes credentials. The other
 * ports (filer, volumes, master, admin, and gRPC of each) answer nobody without the certificate of
 * a file that only its owner can read: TLS in both directions.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { selfSigned } from './certificate';
import { writeState } from './state';

/** The certificate and its key: those of each component, and the only ones it accepts. */
const FILE = 's3-certificate.pem';
const GRPC = ['MASTER', 'VOLUME', 'FILER', 'S3', 'ADMIN', 'WORKER', 'CLIENT'];
const HTTPS = ['MASTER', 'VOLUME', 'FILER', 'ADMIN', 'CLIENT'];

/** Flags. These sockets need no certificate, but are in the state folder, where the server runs. */
export const PRIVATE_SOCKETS = ['-filer.localSocket=filer.sock', '-s3.localSocket=s3.sock'];

/** SeaweedFS's `security.toml` as variables. The file is created at the first call. */
export function securityEnvironment(stateDir: string): Record<string, string> {
  const file = path.join(stateDir, FILE);
  if (!existsSync(file)) writeState(stateDir, FILE, selfSigned(), 0o600);
  const pair = (part: string) => ({ [`WEED_${part}_CERT`]: file, [`WEED_${part}_KEY`]: file });
  const parts = [...GRPC.map((name) => `GRPC_${name}`), ...HTTPS.map((name) => `HTTPS_${name}`)];
  return Object.assign(
    { WEED_GRPC_CA: file, WEED_HTTPS_CLIENT_ENABLED: 'true' },
    ...HTTPS.map((name) => ({ [`WEED_HTTPS_${name}_CA`]: file })),
    ...parts.map(pair),
  ) as Record<string, string>;
}
