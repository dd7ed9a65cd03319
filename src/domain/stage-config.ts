/** What each stage of a trained study is told: the reference recipe's words, or the Hugging Face recipe's. Pure. */
import type { Branch } from './ids';
import type { HuggingFace } from './hugging-face';
import type { TrainedStudy, Variant } from './schema';

type Config = Readonly<Record<string, unknown>>;

/** `config` decides the result; `aside` is told to the recipe too, and stands in no fingerprint. */
export interface StageConfig {
  readonly config: Config;
  readonly aside?: Config;
}

export function baseConfig(
  study: TrainedStudy,
  { mixture, ...rest }: NonNullable<TrainedStudy['base']>,
): StageConfig {
  const training = { mixture: study.mixtures[mixture], ...rest };
  return pretrainConfig(study, training);
}

export function variantConfig(study: TrainedStudy, variant: Variant): StageConfig {
  const { objective, mixture, lr, train_tokens, tag, length_filter } = variant;
  return pretrainConfig(study, {
    mixture: study.mixtures[mixture],
    objectives: [objective],
    lr,
    train_tokens,
    tag,
    length_filter,
  });
}

function pretrainConfig(study: TrainedStudy, training: Config): StageConfig {
  return forRecipe(study, training, ({ checkpoint, revision, context, batch, ...rest }) => {
    const { warmup_steps, text } = rest;
    return { checkpoint, revision, context, batch, warmup_steps, text };
  });
}

export function indicateConfig(study: TrainedStudy): StageConfig {
  return forRecipe(study, study.indicate, ({ context, development, tasks }) => ({
    context,
    development,
    tasks: Object.fromEntries(Object.entries(tasks).map(([task, of]) => [task, harnessOf(of)])),
  }));
}

export function sftConfig(study: TrainedStudy, branch: Branch): StageConfig {
  const { recipe: _r, test_items: _t, ...training } = settingsOf(study, branch);
  return forRecipe(study, { ...named(branch), ...training }, ({ context, tasks, lora }) => ({
    context,
    data: tasks[branch.task as keyof typeof tasks]?.data,
    lora: branch.sft_recipe === 'lora' ? lora : null,
  }));
}

export function evaluateConfig(study: TrainedStudy, branch: Branch): StageConfig {
  const { test_items } = settingsOf(study, branch);
  return forRecipe(study, { ...named(branch), test_items }, ({ context, tasks }) => {
    const task = tasks[branch.task as keyof typeof tasks];
    return { context, harness: task && harnessOf(task) };
  });
}

function settingsOf(study: TrainedStudy, { task }: Branch) {
  const settings = study.sft[task as keyof typeof study.sft];
  if (!settings) throw new TypeError(`task "${task}" has no fine-tuning settings`);
  return settings;
}

function named({ task, sft_recipe, sft_seed }: Branch): Config {
  return { task, sft_recipe, sft_seed };
}

type Task = NonNullable<HuggingFace['tasks'][keyof HuggingFace['tasks']]>;

function harnessOf({ harness, metric, shots }: Task): Config {
  return { tasks: harness, metric, shots };
}

function forRecipe(
  study: TrainedStudy,
  config: Config,
  own: (settings: HuggingFace) => Config,
): StageConfig {
  const settings = study.hugging_face;
  if (!settings) return { config: { model: study.model, ...config } };
  return { config: { ...own(settings), ...config }, aside: { memory: settings.memory } };
}
