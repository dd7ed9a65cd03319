/**
 * What foretune runs on: recipes, clusters, and who is told of a study's end. This is the file that you edit to
 * register your own (docs/how-to). src/config.ts reads it, together with the environment.
 */
import os from 'node:os';
import path from 'node:path';
import {
  defineConfig,
  hfPython,
  inherited,
  python,
  ROOT,
  type Settings,
} from './src/define-config';

/**
 * The executables that run jobs: each reads the job.json that is its last argument and writes
 * result.json (recipes/schemas). Raise `version` when the same configuration gives other results. `setup` is the
 * command, if there is one, that is named where the program is missing, `reads` the section of a study, `model` or
 * `hugging_face`, without which the recipe can train nothing.
 * On several nodes of Slurm `srun` starts `command` on each: every process trains its part of every batch.
 */
const recipes: Settings['recipes'] = {
  jax: {
    command: [python, '-m', 'foretune_recipes'],
    setup: 'node infra/setup.mjs',
    source: path.join(ROOT, 'recipes', 'foretune_recipes'),
    environment: { PYTHONPATH: path.join(ROOT, 'recipes') },
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
    source: ['foretune_hf', 'foretune_recipes'].map((name) => path.join(ROOT, 'recipes', name)),
    environment: {
      PYTHONPATH: path.join(ROOT, 'recipes'),
      // Where studies' names of models and data are looked for first, relative to the clone; then the hub is asked.
      FORETUNE_HF_DATA: path.resolve(ROOT, process.env.FORETUNE_HF_DATA ?? '.foretune/hf-data'),
      ...inherited('HF_HOME', 'HF_HUB_OFFLINE', 'HF_ENDPOINT'),
    },
  },
  noop: {
    // Without site packages and the user's environment an interpreter starts in half the time.
    command: [python, '-I', '-S', path.join(ROOT, 'recipes', 'noop', 'noop.py')],
    setup: 'node infra/setup.mjs',
    source: path.join(ROOT, 'recipes', 'noop'),
    environment: {},
  },
};

/**
 * Where jobs run (src/cluster/settings.ts has every setting): locally `slots` at once, on Slurm as it sees fit.
 * A job has `threads` computing threads, and is ended after the time limit and above the memory limit (resident
 * bytes of all its processes). The job of the shared base has `base_threads`: all others wait for it, and leave
 * their cores to it. Budgets count `gpus` and `price_per_hour` of a job.
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
  // The partition, account and so on that Slurm gives you where you name none. Clone and state folder must lie
  // where its nodes see them.
  slurm: { kind: 'slurm' },
};

/**
 * Who is told when a study ends or a re-fit finds drift: a program that reads JSON on its standard input, a
 * webhook that takes it by POST, both, or neither. A webhook's address may be a secret: read it from the
 * environment (`process.env.…`). The program sees a minimal environment.
 */
const notify: Settings['notify'] = {};

export default defineConfig({ recipes, clusters, notify });
