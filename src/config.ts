/**
 * The configuration of the program: temporal.config.ts, which users edit, and the environment. Only
 * this file and temporal.config.ts read the environment (a lint rule enforces it).
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { loadClientConnectConfig, type ClientConnectConfig } from '@temporalio/envconfig';
import { z } from 'zod';
import { SpecError } from './base/errors';
import { requireFile } from './base/require-file';
import { checkedClusters, type ClusterConfig } from './cluster/settings';
import { onlySet, python, ROOT, type Settings } from './define-config';
import { checkedBuckets, type Buckets } from './study/buckets';
import { checkedNotify, type NotifySettings } from './study/notify';
import { checkedRecipes, type RecipeConfig } from './study/recipe';

export interface TemporalConfig {
  /** Address of the server, or null for the embedded one. */
  readonly address: string | null;
  readonly namespace: string;
  readonly taskQueue: string;
  /** TLS, API key and headers of a profile. */
  readonly connection: Omit<ClientConnectConfig['connectionOptions'], 'address'>;
}

export interface S3Config {
  /** Whether the embedded server is used. */
  readonly embedded: boolean;
  /** Address of an S3-compatible server; null for the embedded one, or for AWS itself. */
  readonly endpoint: string | null;
  readonly region: string;
  readonly bucket: string;
  /** Without leading or trailing slashes; may be empty. */
  readonly prefix: string;
  /** Null: the AWS SDK looks for them (files, roles), or the embedded server created them. */
  readonly credentials: S3Credentials | null;
}

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface Config {
  /** Folder of the clone. */
  readonly root: string;
  /** Folder of the embedded servers, logs, job folders and reports. */
  readonly stateDir: string;
  /** The recipes' Python interpreter. */
  readonly python: string;
  readonly temporal: TemporalConfig;
  readonly s3: S3Config;
  readonly recipes: Readonly<Record<string, RecipeConfig>>;
  readonly clusters: Readonly<Record<string, ClusterConfig>>;
  readonly notify: NotifySettings;
  /** S3 servers of registered checkpoints, by bucket, in addition to that of the dataset. */
  readonly buckets: Buckets;
  /** The environment that a detached worker inherits. */
  readonly environment: NodeJS.ProcessEnv;
}

const text = z.string().min(1).optional();
/** The scheme is required: otherwise a host name before a colon would be parsed as one. */
const address = z.url({ protocol: /^https?$/, error: 'expected http(s)://host:port' }).optional();
const EnvironmentSchema = z.object({
  FORETUNE_STATE_DIR: text,
  FORETUNE_DATASET: z
    .string()
    .regex(/^s3:\/\/[^/]+(\/.*)?$/, 'expected s3://bucket or s3://bucket/prefix')
    .optional(),
  S3_ENDPOINT: address,
  AWS_ENDPOINT_URL: address,
  AWS_REGION: text,
  AWS_DEFAULT_REGION: text,
  AWS_ACCESS_KEY_ID: text,
  AWS_SECRET_ACCESS_KEY: text,
  AWS_SESSION_TOKEN: text,
});
type Environment = z.infer<typeof EnvironmentSchema>;

/** Reads both. Throws SpecError that names the invalid variable or setting. */
export function loadConfig(
  variables: NodeJS.ProcessEnv = process.env,
  settings: Settings = readSettings(),
): Config {
  const set = onlySet(variables);
  const environment = parseEnvironment(set);
  const stateDir = path.resolve(environment.FORETUNE_STATE_DIR ?? path.join(ROOT, '.foretune'));
  const own = ownAddresses(stateDir);
  return {
    root: ROOT,
    stateDir,
    python,
    temporal: temporalConfig(set, own.temporal, taskQueueOf(stateDir)),
    s3: s3Config(environment, own.s3),
    recipes: checkedRecipes(settings.recipes),
    clusters: checkedClusters(settings.clusters),
    notify: checkedNotify(settings.notify),
    buckets: checkedBuckets(settings.buckets),
    environment: variables,
  };
}

/** The settings file, which users edit: its errors are reported in plain words. */
function readSettings(): Settings {
  const loaded = requireFile(path.join(ROOT, 'temporal.config.ts')) as { default: Settings };
  return loaded.default;
}

function parseEnvironment(set: Readonly<Record<string, string>>): Environment {
  const parsed = EnvironmentSchema.safeParse(set);
  if (parsed.success) return parsed.data;
  throw new SpecError(`The environment is not valid:\n${z.prettifyError(parsed.error)}`);
}

/**
 * The addresses of the embedded servers of this clone. After
 * `eval "$(npx foretune env)"` the environment names them: they are still the embedded ones.
 */
function ownAddresses(stateDir: string): { readonly temporal?: string; readonly s3?: string } {
  const port = (server: string, name: string) => {
    try {
      const text = readFileSync(path.join(stateDir, `${server}-ports.json`), 'utf8');
      return z.record(z.string(), z.number()).parse(JSON.parse(text))[name];
    } catch {
      return undefined; // the server was never started
    }
  };
  const [temporal, s3] = [port('temporal', 'frontend'), port('s3', 's3')];
  return {
    ...(temporal ? { temporal: `127.0.0.1:${temporal}` } : {}),
    ...(s3 ? { s3: `http://127.0.0.1:${s3}` } : {}),
  };
}

/**
 * One queue per state folder: on a shared server a worker must not take the jobs of another clone,
 * whose files it does not see.
 */
function taskQueueOf(stateDir: string): string {
  const place = createHash('sha256').update(`${os.hostname()}:${stateDir}`).digest('hex');
  return `foretune-${place.slice(0, 12)}`;
}

function temporalConfig(
  set: Readonly<Record<string, string>>,
  own: string | undefined,
  taskQueue: string,
): TemporalConfig {
  const profile = temporalProfile(set);
  const { address, ...connection } = profile.connectionOptions;
  const external = address !== undefined && address !== own;
  return {
    address: external ? address : null,
    namespace: external ? (profile.namespace ?? 'default') : 'default',
    taskQueue,
    connection: external ? connection : {},
  };
}

function temporalProfile(set: Readonly<Record<string, string>>): ClientConnectConfig {
  try {
    return loadClientConnectConfig({ overrideEnvVars: { ...set } });
  } catch (cause) {
    // Only the first line: the others quote the file, which may contain a key.
    const reason = String(cause).split('\n')[0];
    throw new SpecError(
      `Temporal's settings are not valid (${reason}). Check TEMPORAL_PROFILE, TEMPORAL_CONFIG_FILE and the files that TEMPORAL_TLS_... name.`,
      { cause },
    );
  }
}

function s3Config(environment: Environment, own: string | undefined): S3Config {
  const endpoint = environment.S3_ENDPOINT ?? environment.AWS_ENDPOINT_URL;
  const external = endpoint ? endpoint !== own : environment.FORETUNE_DATASET !== undefined;
  const uri = external ? environment.FORETUNE_DATASET : undefined;
  const region = environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION;
  const [bucket = 'foretune', ...prefix] = uri?.slice('s3://'.length).split('/') ?? [];
  return {
    embedded: !external,
    endpoint: external ? (endpoint ?? null) : null,
    region: (external ? region : undefined) ?? 'us-east-1',
    bucket,
    prefix: uri ? prefix.filter(Boolean).join('/') : 'dataset',
    credentials: external ? credentials(environment) : null,
  };
}

function credentials(environment: Environment): S3Credentials | null {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = environment;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) return null;
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {}),
  };
}
