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
 * The programs that run jobs. A name and a `command` register one (docs/reference/recipes.md): with
 * --describe it prints what it knows, with the path of a job.json it runs the job. `python` is the
 * interpreter of the set-up, which has pyarrow and foretune_protocol. Optional: `describe` (what
 * prints the manifest, where that is not `command`), `source` (folders whose digest is recorded
 * beside results), `environment`, and `setup` (the command that is named where the program is
 * missing). On several nodes of Slurm `srun` starts `command` on each: every process trains its
 * part of every batch.
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
  // several nodes of Slurm `command` stays as it is, the cluster has a task a GPU
  // (`tasks_per_node`), and what that file would say is in `environment` as accelerate's variables:
  // { ACCELERATE_USE_FSDP: 'true', FSDP_VERSION: '2', FSDP_AUTO_WRAP_POLICY:
  // 'TRANSFORMER_BASED_WRAP', FSDP_CPU_RAM_EFFICIENT_LOADING: 'true', FSDP_RESHARD_AFTER_FORWARD:
  // 'true' }. Without them every GPU holds a whole model.
  hf: {
    command: [hfPython, '-m', 'foretune_hf'],
    setup: 'node infra/setup.mjs --hf',
    // It describes itself without torch, on machines that do not have it too. Checks see more with
    // it.
    describe: [existsSync(hfPython) ? hfPython : python, '-m', 'foretune_hf', '--describe'],
    source: recipeFolders('hf', 'measures', 'protocol'),
    environment: {
      PYTHONPATH: recipeFolders('hf', 'measures', 'protocol').join(path.delimiter),
      // Where studies' names of models and data are looked for first, relative to the clone; then
      // the hub is asked.
      FORETUNE_HF_DATA: path.resolve(ROOT, process.env.FORETUNE_HF_DATA ?? '.foretune/hf-data'),
      ...inherited('HF_HOME', 'HF_HUB_OFFLINE', 'HF_ENDPOINT'),
    },
  },
  // The trainer of examples/own-trainer: a name and a command are enough.
  own: { command: [python, path.join(ROOT, 'examples', 'own-trainer', 'train.py')] },
  noop: {
    // Without site packages and the user's environment an interpreter starts in half the time.
    command: [python, '-I', '-S', path.join(ROOT, 'recipes', 'noop', 'noop.py')],
    setup: 'node infra/setup.mjs',
    source: path.join(ROOT, 'recipes', 'noop'),
    environment: {},
  },
};

/**
 * Where jobs run (docs/reference/clusters.md has every setting): locally `slots` at once, on Slurm
 * as it sees fit. A job has `threads` computing threads, and is ended after the time limit and
 * above the memory limit (resident bytes of all its processes). The job of the shared base has
 * `base_threads`: all others wait for it, and leave their cores to it. Budgets count `gpus` and
 * `price_per_hour` of a job.
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
  // The partition, account and so on that Slurm gives you where you name none. Clone and state
  // folder must lie where its nodes see them.
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
 * read from the server of the dataset with its credentials. `profile` is one of ~/.aws/credentials:
 * no secret belongs here.
 */
const buckets: Settings['buckets'] = {
  // team: { endpoint: 'https://s3.eu-west-1.amazonaws.com', region: 'eu-west-1', profile: 'team' },
};

export default defineConfig({ recipes, clusters, notify, buckets });
