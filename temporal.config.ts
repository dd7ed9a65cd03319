/**
 * The settings of foretune: recipes, clusters, and who is notified of a study's end. This is the
 * file that you edit to register your own (docs/how-to). src/config.ts reads it, together with the
 * environment.
 */
import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  defineConfig,
  hfPython,
  inherited,
  python,
  recipeFolders,
  ROOT,
  type Settings,
} from 'foretune/config';

/**
 * The programs that run jobs. To register one, give it a name and a `command`
 * (docs/reference/recipes.md), which prints its manifest when called with --describe and runs a job
 * when called with the path of a job.json. `python` is the interpreter of the set-up, which has
 * pyarrow and foretune_protocol. Optional: `describe` (the program that prints the manifest, if not
 * `command`), `source` (folders whose digest is recorded with results), `environment`, and `setup`
 * (the command to suggest if the program is missing). On several nodes of Slurm `srun` starts
 * `command` on each: every process trains its part of every batch.
 */
const recipes: Settings['recipes'] = {
  jax: {
    command: [python, '-m', 'foretune_jax'],
    setup: 'node infra/setup.mjs',
    source: recipeFolders('jax', 'measures', 'protocol'),
    environment: { PYTHONPATH: recipeFolders('jax', 'measures', 'protocol').join(path.delimiter) },
  },
  // On the GPUs of one machine `command` begins with `accelerate launch`, whose configuration file
  // says how models are sharded (FSDP) and over how many processes: [hfPython, '-m',
  // 'accelerate.commands.launch', '--config_file', '/path/fsdp.yaml', '-m', 'foretune_hf']. On
  // several nodes of Slurm `command` stays as it is, the cluster has one task per GPU
  // (`tasks_per_node`), and `environment` has the settings of that file as accelerate's variables:
  // { ACCELERATE_USE_FSDP: 'true', FSDP_VERSION: '2', FSDP_AUTO_WRAP_POLICY:
  // 'TRANSFORMER_BASED_WRAP', FSDP_CPU_RAM_EFFICIENT_LOADING: 'true', FSDP_RESHARD_AFTER_FORWARD:
  // 'true' }. Without them every GPU holds a whole model.
  hf: {
    command: [hfPython, '-m', 'foretune_hf'],
    setup: 'node infra/setup.mjs --hf',
    // The manifest does not need torch, so machines without it can print it. Checks find more with
    // it.
    describe: [existsSync(hfPython) ? hfPython : python, '-m', 'foretune_hf', '--describe'],
    source: recipeFolders('hf', 'measures', 'protocol'),
    environment: {
      PYTHONPATH: recipeFolders('hf', 'measures', 'protocol').join(path.delimiter),
      // The folder in which names of models and data are looked up before the hub, relative to the
      // clone.
      FORETUNE_HF_DATA: path.resolve(ROOT, process.env.FORETUNE_HF_DATA ?? '.foretune/hf-data'),
      ...inherited('HF_HOME', 'HF_HUB_OFFLINE', 'HF_ENDPOINT'),
    },
  },
  // The trainer of examples/own-trainer: a name and a command are enough.
  own: { command: [python, path.join(ROOT, 'examples', 'own-trainer', 'train.py')] },
  noop: {
    // Without site packages and the user's environment, the interpreter starts in half the time.
    command: [python, '-I', '-S', path.join(ROOT, 'recipes', 'noop', 'noop.py')],
    setup: 'node infra/setup.mjs',
    source: path.join(ROOT, 'recipes', 'noop'),
    environment: {},
  },
};

/**
 * Where jobs run (docs/reference/clusters.md has every setting): locally `slots` at once, on Slurm
 * as the scheduler decides. A job has `threads` computing threads, and is ended when it exceeds the
 * time limit or the memory limit (resident bytes of all its processes). The job of the shared base
 * has `base_threads`, since all others wait for it and do not need their cores. Budgets count
 * `gpus` and `price_per_hour` of a job.
 */
const clusters: Settings['clusters'] = {
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
  // By default, Slurm chooses partition, account and so on. The clone and the state folder must be
  // on a file system that its nodes share.
  slurm: { kind: 'slurm' },
};

/**
 * Who is notified when a study ends or a re-fit finds drift: a program that reads JSON on its
 * standard input, a webhook that receives it by POST, both, or neither. A webhook's address may be
 * a secret: read it from the environment (`process.env.…`). The program receives a minimal
 * environment.
 */
const notify: Settings['notify'] = {};

/**
 * S3 servers of registered checkpoints, by bucket. An s3:// address whose bucket is not listed is
 * read from the server of the dataset with its credentials. `profile` is a profile of
 * ~/.aws/credentials: no secret belongs here.
 */
const buckets: Settings['buckets'] = {
  // team: { endpoint: 'https://s3.eu-west-1.amazonaws.com', region: 'eu-west-1', profile: 'team' },
};

export default defineConfig({ recipes, clusters, notify, buckets });
