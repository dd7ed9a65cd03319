import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { endpointsOf } from '../../src/stack/stack';
import { buildId } from '../../src/stack/worker-process';
import { loadConfig } from '../../src/config';

let folder: string;
beforeAll(() => void (folder = mkdtempSync(path.join(tmpdir(), 'foretune-build-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const SERVERS = {
  TEMPORAL_ADDRESS: 'lab:7233',
  FORETUNE_DATASET: 's3://lab',
  AWS_ACCESS_KEY_ID: 'key',
  AWS_SECRET_ACCESS_KEY: 'secret',
};

function build(changes: NodeJS.ProcessEnv = {}): string {
  const variables = { HOME: folder, FORETUNE_STATE_DIR: folder, ...SERVERS, ...changes };
  const config = loadConfig(variables);
  return buildId(config, endpointsOf(config));
}

function certificate(text: string): NodeJS.ProcessEnv {
  const file = path.join(folder, 'certificate.pem');
  writeFileSync(file, text);
  return { TEMPORAL_TLS_CLIENT_CERT_PATH: file, TEMPORAL_TLS_CLIENT_KEY_PATH: file };
}

it('The same code, servers and credentials are the same build', () => {
  expect(build()).toBe(build());
  expect(build(certificate('one'))).toBe(build(certificate('one')));
});

it.each([
  ['a secret key', { AWS_SECRET_ACCESS_KEY: 'rotated' }],
  ['a session token', { AWS_SESSION_TOKEN: 'token' }],
  ['a region', { AWS_REGION: 'eu-1' }],
  ['an API key', { TEMPORAL_API_KEY: 'key' }],
])('Another build is asked for by %s', (_, changes) => {
  expect(build(changes)).not.toBe(build());
});

it('Another build is asked for by a certificate that was renewed in its file', () => {
  expect(build(certificate('one'))).not.toBe(build(certificate('two')));
});
