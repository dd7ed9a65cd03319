/**
 * The configuration that each stage of a trained study receives. A study offers values by section (its
 * model, its settings, the fields of a variant, a task, an SFT recipe). A stage takes the values that the
 * recipe's manifest names, with the manifest's defaults. A value that no stage reads is an error. Pure.
 */
import { z } from 'zod';
import { explainIssues } from '../base/explain';
import type { Branch } from './ids';
import {
  RECIPE_STAGES,
  StageSchemaSchema,
  type Manifest,
  type RecipeStage,
  type StageSchema,
  type Steps,
} from './manifest';
import type { TrainedStudy } from './schema';
import { isEarlier, isRegistered, isTrained, trainingFields, type Variant } from './variant-schema';

export type Values = Readonly<Record<string, unknown>>;

/** `config` determines the result; `aside` is also passed to the recipe, but is in no fingerprint. */
export interface StageConfig {
  readonly config: Values;
  readonly aside: Values;
}

/** The recipe of a stage: its name in temporal.config.ts, and its manifest. */
export interface StageRecipe {
  readonly name: string;
  readonly manifest: Manifest;
}
export type StageRecipes = Readonly<Record<RecipeStage, StageRecipe>>;

// ---- What a study offers --------------------------------------------------------------------

export function pretrainValues(study: TrainedStudy, fields: Values): Values {
  const { model, settings, pretrain, seed, mixtures } = study;
  const mixture = typeof fields.mixture === 'string' ? mixtures[fields.mixture] : undefined;
  return { ...settings, ...pretrain, model, seed, ...fields, ...(mixture && { mixture }) };
}

export function indicateValues({ model, settings, indicate, seed, tasks }: TrainedStudy): Values {
  const asked = Object.entries(tasks).map(([name, task]) => [name, recipeFields(task)]);
  return { ...settings, ...indicate, model, seed, tasks: Object.fromEntries(asked) as Values };
}

export function sftValues(study: TrainedStudy, branch: Branch): Values {
  return { ...study.settings, model: study.model, ...branchValues(study, branch) };
}

export function evaluateValues(study: TrainedStudy, branch: Branch): Values {
  const { settings, evaluate, model } = study;
  return { ...settings, ...evaluate, model, ...branchValues(study, branch) };
}

function branchValues({ tasks }: TrainedStudy, { task, sft_recipe, sft_seed }: Branch): Values {
  const fields = tasks[task];
  const { recipe: _r, ...entry } = fields?.sft?.find(({ recipe }) => recipe === sft_recipe) ?? {};
  const metric = fields?.metric;
  return { metric, ...(fields && recipeFields(fields)), ...entry, task, sft_recipe, sft_seed };
}

/** The fields of a task that its recipe reads: all fields that foretune does not define. */
export function recipeFields(task: TrainedStudy['tasks'][string]): Values {
  const { label: _l, better: _b, indicator: _i, sft: _s, ...fields } = task;
  return fields;
}

// ---- What a stage takes ---------------------------------------------------------------------

export class StageReader {
  private readonly schema: z.ZodType;
  private readonly asides: ReadonlySet<string>;
  private readonly read = new Map<string, StageConfig>();

  constructor(private readonly declared: StageSchema) {
    this.schema = z.fromJSONSchema({ ...declared, additionalProperties: false });
    const names = Object.entries(declared.properties);
    this.asides = new Set(
      names.flatMap(([name, field]) => (field['x-aside'] === true ? [name] : [])),
    );
  }

  /** The fields of the stage, without those that are settings of other SFT recipes. */
  names(sftRecipe?: unknown): string[] {
    const fields = Object.entries(this.declared.properties).filter(
      ([, { 'x-sft-recipes': own }]) => {
        return sftRecipe === undefined || !Array.isArray(own) || own.includes(sftRecipe);
      },
    );
    return fields.map(([name]) => name);
  }

  /** The number of steps of a training run; null if the manifest does not declare it. */
  steps(offered: Values): number | null {
    const declared = this.declared['x-steps'];
    if (declared === undefined) return null;
    const { config, aside } = this.config(offered);
    return stepsOf(declared, { ...config, ...aside });
  }

  /** The fields of the objects of a record, such as those of `tasks`. */
  namesBelow(name: string): string[] {
    const below = this.declared.properties[name]?.additionalProperties;
    const parsed = StageSchemaSchema.safeParse(below);
    return parsed.success ? Object.keys(parsed.data.properties) : [];
  }

  /** One line for each invalid field that the stage reads. */
  faults(offered: Values): string[] {
    const taken = this.take(offered);
    const parsed = this.schema.safeParse(taken);
    return parsed.success ? [] : explainIssues(this.schema, parsed.error, taken);
  }

  /** `offered` must be valid. Equal values are parsed once: thousands of variants have few different ones. */
  config(offered: Values): StageConfig {
    const taken = this.take(offered);
    const key = JSON.stringify(taken);
    const known = this.read.get(key) ?? this.parse(taken);
    this.read.set(key, known);
    return known;
  }

  private take(offered: Values): Values {
    const names = this.names(offered.sft_recipe).filter((name) => offered[name] !== undefined);
    const taken = Object.fromEntries(names.map((name) => [name, offered[name]]));
    return taken.tasks
      ? { ...taken, tasks: this.takeBelow('tasks', taken.tasks as Values) }
      : taken;
  }

  private takeBelow(name: string, records: Values): Values {
    const names = this.namesBelow(name);
    const taken = Object.entries(records).map(([key, fields]) => {
      const some = Object.entries(fields as Values).filter(([field]) => names.includes(field));
      return [key, Object.fromEntries(some)] as const;
    });
    return Object.fromEntries(taken);
  }

  private parse(taken: Values): StageConfig {
    const values = Object.entries(this.schema.parse(taken) as Values);
    return {
      config: Object.fromEntries(values.filter(([name]) => !this.asides.has(name))),
      aside: Object.fromEntries(values.filter(([name]) => this.asides.has(name))),
    };
  }
}

function stepsOf(declared: Steps, values: Values): number | null {
  if (typeof declared === 'string') return asCount(values[declared]);
  const { tokens, per_step, round } = declared;
  const size = per_step.reduce((product, name) => product * Number(values[name]), 1);
  const exact = Number(values[tokens]) / size;
  return asCount(Math.max(1, round === 'down' ? Math.floor(exact) : nearestEven(exact)));
}

/** Half is rounded to even, as in Python and NumPy. */
function nearestEven(value: number): number {
  const low = Math.floor(value);
  return value - low === 0.5 ? low + (low % 2) : Math.round(value);
}

function asCount(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : null;
}

export type StageReaders = Readonly<Record<RecipeStage, StageReader | null>>;

/** Null for a stage that its recipe does not implement. */
export function stageReaders(recipes: StageRecipes): StageReaders {
  const reader = (stage: RecipeStage) => {
    const schema = recipes[stage].manifest.stages[stage];
    return schema ? new StageReader(schema) : null;
  };
  return {
    pretrain: reader('pretrain'),
    indicate: reader('indicate'),
    sft: reader('sft'),
    evaluate: reader('evaluate'),
  };
}

// ---- What a study consists of ---------------------------------------------------------------

/** The stages of a study; `pretrain` only if a variant is trained. */
export function stagesOf(study: TrainedStudy): RecipeStage[] {
  const trains = study.base !== undefined || study.variants.some(isTrained);
  return RECIPE_STAGES.filter((stage) => stage !== 'pretrain' || trains);
}

/** The clusters that a study's stages use, each once. */
export function clustersOf(study: TrainedStudy): string[] {
  return [
    ...new Set(stagesOf(study).map((stage) => study.stages[stage]?.cluster ?? study.cluster)),
  ];
}

/** Each task under each of its SFT recipes with each seed. */
export function branchesOf({ tasks, sft_seeds }: TrainedStudy): Branch[] {
  return Object.entries(tasks).flatMap(([task, { sft = [] }]) =>
    sft.flatMap(({ recipe }) =>
      sft_seeds.map((sft_seed) => ({ task, sft_recipe: recipe, sft_seed })),
    ),
  );
}

/**
 * The properties of a variant before measurement: its features, groups and baselines. If training runs
 * of the study give several variants, `training_run` and `step` say which checkpoint of which run.
 */
export function configurationOf(study: TrainedStudy): (variant: Variant) => Values {
  const variants = new Map(study.variants.map((variant) => [variant.id, variant]));
  const hasEarlier = study.variants.some(isEarlier);
  return (variant) => {
    if (isRegistered(variant)) return variant.config ?? {};
    const run = variants.get(variant.from ?? variant.id) ?? variant;
    return {
      ...trainedConfiguration(study, trainingFields(run)),
      ...(hasEarlier && placeInRun(variant, run)),
      ...run.config,
      ...variant.config,
    };
  };
}

function placeInRun({ step }: Variant, { id, last_step }: Variant): Values {
  const at = step ?? last_step;
  return { training_run: id, ...(at !== undefined && { step: at }) };
}

export function trainedConfiguration(study: TrainedStudy, fields: Values): Values {
  const weights = typeof fields.mixture === 'string' ? study.mixtures[fields.mixture] : undefined;
  return { ...fields, ...(weights && { weights }) };
}
