/**
 * What foretune runs on: recipes, clusters, servers. This is the file that you edit to register your
 * own, and the only reader of the environment (a lint rule holds that). Parsed once, checked here.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { loadClientConnectConfig, type ClientConnectConfig } from '@temporalio/envconfig';
import { z } from 'zod';
import type { RecipeConfig } from './activities/recipe';
import { checkedClusters, type ClusterConfig, type ClusterSettings } from './src/cluster/settings';
import { SpecError } from './src/errors';
import { checkedNotify, type NotifySettings } from './src/notify';

const root = __dirname;
const python = path.join(root, '.venv', 'bin', 'python');
const hfPython = path.join(root, '.foretune', 'hf-venv', 'bin', 'python');

/**
 * The executables that run jobs: each reads the job.json that is its last argument and writes
 * result.json (recipes/schemas). Raise `version` when the same configuration gives other results. `setup` is the
 * command, if there is one, that is named where the program is missing, `reads` the section of a study, `model` or
 * `hugging_face`, without which the recipe can train nothing.
 * On several nodes of Slurm `srun` starts `command` on each: every process trains its part of every batch.
 */
const recipes: Readonly<Record<string, RecipeConfig>> = {
  jax: {
    command: [python, '-m', 'foretune_recipes'],
    setup: 'node infra/setup.mjs',
    reads: 'model',
    version: '3',
    source: path.join(root, 'recipes', 'foretune_recipes'),
    environment: { PYTHONPATH: path.join(root, 'recipes') },
  },
  // On the GPUs of one machine `command` begins with `accelerate launch`, whose configuration file says how models
  // are sharded (FSDP) and over how many processes:
  // [hfPython, '-m', 'accelerate.commands.launch', '--config_file', '/path/fsdp.yaml', '-m', 'foretune_hf'].
  // On several nodes of Slurm `command` stays as it is, the cluster has a task a GPU (`tasks_per_node`), and what
  // that file would say stands in `environment` as accelerate's variables: { ACCELERATE_USE_FSDP: 'true',
  // FSDP_VERSION: '2', FSDP_AUTO_WRAP_POLICY: 'TRANSFORMER_BASED_WRAP', FSDP_CPU_RAM_EFFICIENT_LOADING: 'true',
  // FSDP_RESHARD_AFTER_FORWARD: 'true' }. Without them every GPU holds a whole model.
  hf: {
    command: [hfPython, '-m', 'foretune_hf'],
    setup: 'node infra/setup.mjs --hf',
    reads: 'hugging_face',
    version: '2',
    source: ['foretune_hf', 'foretune_recipes'].map((name) => path.join(root, 'recipes', name)),
    environment: {
      PYTHONPATH: path.join(root, 'recipes'),
      // Where studies' names of models and data are looked for first, relative to the clone; then the hub is asked.
      FORETUNE_HF_DATA: path.resolve(root, process.env.FORETUNE_HF_DATA ?? '.foretune/hf-data'),
      ...inherited('HF_HOME', 'HF_HUB_OFFLINE', 'HF_ENDPOINT'),
    },
  },
  noop: {
    // Without site packages and the user's environment an interpreter starts in half the time.
    command: [python, '-I', '-S', path.join(root, 'recipes', 'noop', 'noop.py')],
    setup: 'node infra/setup.mjs',
    version: '1',
    source: path.join(root, 'recipes', 'noop'),
    environment: {},
  },
};

/**
 * Where jobs run (src/cluster/settings.ts has every setting): locally `slots` at once, on Slurm as it sees fit.
 * A job has `threads` computing threads, and is ended after the time limit and above the memory limit (resident
 * bytes of all its processes). The job of the shared base has `base_threads`: all others wait for it, and leave
 * their cores to it. Budgets count `gpus` and `price_per_hour` of a job.
 */
const clusters: Readonly<Record<string, ClusterSettings>> = {
  local: {
    kind: 'local',
    slots: Math.max(1, Math.min(os.availableParallelism(), 8)),
    threads: 1,
    base_threads: Math.min(os.availableParallelism(), 2),
    time_limit_seconds: null,
    gpus: 0,
    price_per_hour: null,
    memory_limit_bytes: null,
  },
  // The partition, account and so on that Slurm gives you where you name none. Clone and state folder must lie
  // where its nodes see them.
  slurm: { kind: 'slurm' },
};

/**
 * Who is told when a study ends or a re-fit finds drift: a program that reads JSON on its standard input, a
 * webhook that takes it by POST, both, or neither. A webhook's address may be a secret: read it from the
 * environment (`process.env.…`). The program sees a minimal environment.
 */
const notify: NotifySettings = {};

// ---- What the rest of the program sees ------------------------------------------------------

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
  /** Without slashes at its ends; may be empty. */
  readonly prefix: string;
  /** Null: the AWS SDK looks for them (files, roles), or the embedded server made them. */
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
  /** What a detached worker inherits. */
  readonly environment: NodeJS.ProcessEnv;
}

const text = z.string().min(1).optional();
/** Without the scheme, a host name before a colon would pass for one. */
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

/** Reads the environment. Throws SpecError naming the variable that is wrong. */
export function loadConfig(variables: NodeJS.ProcessEnv = process.env): Config {
  const set = onlySet(variables);
  const environment = parseEnvironment(set);
  const stateDir = path.resolve(environment.FORETUNE_STATE_DIR ?? path.join(root, '.foretune'));
  const own = ownAddresses(stateDir);
  return {
    root,
    stateDir,
    python,
    temporal: temporalConfig(set, own.temporal, taskQueueOf(stateDir)),
    s3: s3Config(environment, own.s3),
    recipes,
    clusters: checkedClusters(clusters),
    notify: checkedNotify(notify),
    environment: variables,
  };
}

/** Variables of the caller that a recipe's jobs see as they are: no secrets. */
function inherited(...names: readonly string[]): Record<string, string> {
  return onlySet(Object.fromEntries(names.map((name) => [name, process.env[name]])));
}

/** A variable that is set to nothing is not set. */
function onlySet(variables: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const set = Object.entries(variables).filter(([, value]) => value);
  return Object.fromEntries(set) as Record<string, string>;
}

function parseEnvironment(set: Readonly<Record<string, string>>): Environment {
  const parsed = EnvironmentSchema.safeParse(set);
  if (parsed.success) return parsed.data;
  throw new SpecError(`The environment is not valid:\n${z.prettifyError(parsed.error)}`);
}

/**
 * The addresses that the embedded servers of this clone were given. After
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
 * One queue a state folder: on a server that clones share, a worker must not take the jobs of another
 * clone, whose files it does not see.
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
    // Of a file that cannot be read, the further lines quote it: it may hold a key.
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
