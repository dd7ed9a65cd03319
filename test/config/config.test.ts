import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { environmentOf } from '../../src/stack/client-environment';
import { SpecError } from '../../src/base/errors';
import { endpointsOf } from '../../src/stack/stack';
import { writeState } from '../../src/stack/state';
import { loadConfig, type Config } from '../../src/config';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), 'foretune-config-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** The configuration of a person whose home folder is empty. */
function load(variables: NodeJS.ProcessEnv = {}): Config {
  return loadConfig({ HOME: folder, FORETUNE_STATE_DIR: folder, ...variables });
}

function profiles(text: string): string {
  const file = path.join(folder, 'temporal.toml');
  writeFileSync(file, text);
  return file;
}

const EMBEDDED_TEMPORAL = { address: null, namespace: 'default', connection: {} };
const EMBEDDED_S3 = {
  embedded: true,
  endpoint: null,
  region: 'us-east-1',
  bucket: 'foretune',
  prefix: 'dataset',
  credentials: null,
};
const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' };

describe('an empty environment', () => {
  it('means both embedded servers, with their state in the clone', () => {
    const config = loadConfig({ HOME: folder });
    expect(config.stateDir).toBe(path.join(config.root, '.foretune'));
    expect(config.temporal).toMatchObject(EMBEDDED_TEMPORAL);
    expect(config.s3).toEqual(EMBEDDED_S3);
  });

  it('is the same as one whose variables are empty', () => {
    const names = ['TEMPORAL_ADDRESS', 'TEMPORAL_PROFILE', 'S3_ENDPOINT', 'FORETUNE_DATASET'];
    const config = load(Object.fromEntries(names.map((name) => [name, ''])));
    expect(config.temporal).toMatchObject(EMBEDDED_TEMPORAL);
    expect(config.s3).toEqual(EMBEDDED_S3);
  });
});

it('FORETUNE_STATE_DIR moves the state, relative to where the command is called', () => {
  expect(load().stateDir).toBe(folder);
  expect(load({ FORETUNE_STATE_DIR: 'state' }).stateDir).toBe(path.resolve('state'));
});

describe('an external Temporal', () => {
  it('is named by TEMPORAL_ADDRESS, and leaves S3 embedded', () => {
    const config = load({ TEMPORAL_ADDRESS: 'temporal.lab:7233', TEMPORAL_NAMESPACE: 'studies' });
    expect(config.temporal).toMatchObject({ address: 'temporal.lab:7233', namespace: 'studies' });
    expect(config.s3.embedded).toBe(true);
  });

  it('is named by a profile, with its API key and TLS', () => {
    const file = profiles('[profile.lab]\naddress = "lab:7233"\nnamespace = "x"\napi_key = "k"\n');
    const config = load({ TEMPORAL_CONFIG_FILE: file, TEMPORAL_PROFILE: 'lab' });
    expect(config.temporal).toMatchObject({ address: 'lab:7233', namespace: 'x' });
    expect(config.temporal.connection).toMatchObject({ apiKey: 'k', tls: true });
  });

  it('lends its key and namespace to no embedded server', () => {
    const config = load({ TEMPORAL_API_KEY: 'k', TEMPORAL_NAMESPACE: 'studies' });
    expect(config.temporal).toMatchObject(EMBEDDED_TEMPORAL);
    expect(config.temporal.connection).toEqual({});
  });
});

describe('an external S3', () => {
  it.each(['S3_ENDPOINT', 'AWS_ENDPOINT_URL'])('is named by %s and FORETUNE_DATASET', (name) => {
    const variables = { [name]: 'http://minio:9000', FORETUNE_DATASET: 's3://lab/a/b/' };
    expect(load({ ...variables, ...CREDENTIALS, AWS_REGION: 'eu-1' }).s3).toEqual({
      embedded: false,
      endpoint: 'http://minio:9000',
      region: 'eu-1',
      bucket: 'lab',
      prefix: 'a/b',
      credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
    });
  });

  it('is AWS itself when only the dataset is named; the SDK looks for the credentials', () => {
    const { s3 } = load({ FORETUNE_DATASET: 's3://lab' });
    expect(s3).toMatchObject({ embedded: false, endpoint: null, bucket: 'lab', prefix: '' });
    expect(s3.credentials).toBeNull();
  });

  it.each([
    ['AWS_REGION', { AWS_REGION: 'eu-1', AWS_DEFAULT_REGION: 'eu-2' }, 'eu-1'],
    ['AWS_DEFAULT_REGION else', { AWS_DEFAULT_REGION: 'eu-2' }, 'eu-2'],
    ['nothing, which means us-east-1', {}, 'us-east-1'],
  ])('has its region from %s', (_, variables, region) => {
    expect(load({ FORETUNE_DATASET: 's3://lab', ...variables }).s3.region).toBe(region);
  });

  it('takes a session token along', () => {
    const { s3 } = load({ FORETUNE_DATASET: 's3://lab', ...CREDENTIALS, AWS_SESSION_TOKEN: 't' });
    expect(s3.credentials).toMatchObject({ sessionToken: 't' });
  });

  it('lends its credentials and region to no embedded server', () => {
    const regions = { AWS_REGION: 'eu-1', AWS_DEFAULT_REGION: 'eu-2' };
    expect(load({ ...CREDENTIALS, ...regions }).s3).toEqual(EMBEDDED_S3);
  });
});

describe('the variables of `foretune env`', () => {
  /** As in a shell after eval "$(npx foretune env)". */
  function afterEval(): Config {
    writeState(folder, 'temporal-ports.json', { frontend: 7001, ui: 7002 });
    writeState(folder, 's3-ports.json', { s3: 7003 });
    return load(environmentOf(endpointsOf(load())));
  }

  it('name the embedded servers, which stay embedded', () => {
    const { temporal, s3 } = afterEval();
    expect(temporal).toMatchObject(EMBEDDED_TEMPORAL);
    expect(s3).toEqual(EMBEDDED_S3);
  });

  it('name other servers in another state folder', () => {
    const variables = environmentOf(endpointsOf(afterEval()));
    const other = path.join(folder, 'other');
    mkdirSync(other);
    const { temporal, s3 } = load({ ...variables, FORETUNE_STATE_DIR: other });
    expect(temporal.address).toBe('127.0.0.1:7001');
    expect(s3).toMatchObject({ embedded: false, endpoint: 'http://127.0.0.1:7003' });
  });

  it('are read past a ports file that is damaged', () => {
    writeFileSync(path.join(folder, 's3-ports.json'), '{"s3": ');
    expect(load({ S3_ENDPOINT: 'http://127.0.0.1:7003' }).s3.embedded).toBe(false);
  });
});

describe('a wrong value', () => {
  it.each([
    ['S3_ENDPOINT', '127.0.0.1:8333'],
    ['S3_ENDPOINT', 'localhost:8333'],
    ['AWS_ENDPOINT_URL', 'minio'],
    ['FORETUNE_DATASET', 'lab/dataset'],
    ['FORETUNE_DATASET', 's3://'],
    ['TEMPORAL_PROFILE', 'nobody'],
  ])('of %s is refused by name: %s', (name, value) => {
    const wrong = () => load({ [name]: value });
    expect(wrong).toThrow(SpecError);
    expect(wrong).toThrow(name);
  });

  it('in the file of profiles is refused, and the variable that names the file is named', () => {
    const wrong = () => load({ TEMPORAL_CONFIG_FILE: profiles('[profile.default\n') });
    expect(wrong).toThrow(SpecError);
    expect(wrong).toThrow('TEMPORAL_CONFIG_FILE');
  });

  it('is not printed: it may hold a password', () => {
    const secretless = /^((?!secret)[^])*$/;
    const file = profiles('[profile.default]\napi_key = "secret"\naddress = \n');
    expect(() => load({ S3_ENDPOINT: 'user:secret@minio' })).toThrow(secretless);
    expect(() => load({ TEMPORAL_CONFIG_FILE: file })).toThrow(secretless);
  });
});

it('Every state folder has a task queue of its own', () => {
  const queue = (folder: string) => loadConfig({ FORETUNE_STATE_DIR: folder }).temporal.taskQueue;
  expect(queue('/tmp/one')).toBe(queue('/tmp/one'));
  expect(queue('/tmp/one')).not.toBe(queue('/tmp/two'));
});
