/** The runs that a study consists of, each with the values that determine its result. Pure. */
import { earlierCheckpoints } from './earlier';
import { BASE_VARIANT, runId, type Branch } from './ids';
import { CHECKPOINT_STEPS, type RecipeStage } from './manifest';
import type { Tabled, TrainedStudy } from './schema';
import {
  branchesOf,
  evaluateValues,
  indicateValues,
  pretrainValues,
  sftValues,
  stageReaders,
  type StageConfig,
  type StageRecipe,
  type Values,
} from './stage-config';
import {
  isEarlier,
  isRegistered,
  trainingFields,
  type Earlier,
  type Variant,
} from './variant-schema';
import type { Stage } from './vocabulary';

export type Digest = (value: unknown) => string;

/** What a plan needs to know about a recipe. */
export interface RecipeFacts extends StageRecipe {
  /** The digest of its source code; empty if there is none. */
  readonly source_digest: string;
}

/** The recipe and the cluster of each stage of a study. */
export interface StagePlace {
  readonly recipe: RecipeFacts;
  readonly cluster: string;
}
export type StagePlaces = Readonly<Record<RecipeStage, StagePlace>>;

/** An existing checkpoint. */
export interface RegisteredCheckpoint {
  /** file://, s3:// or hf:// */
  readonly uri: string;
  /** The digest of its content, or its revision; never its path. */
  readonly identity: string;
}

/** A run before the record was searched for it. */
export interface RunDraft {
  readonly run_id: string;
  readonly stage: Stage;
  readonly variant_id: string;
  /** The variant at the end of the training run; `variant_id` itself unless that is an earlier checkpoint. */
  readonly trained_as: string;
  readonly task: string | null;
  /** Names of the run's recipe and cluster; empty for a run without a job. */
  readonly recipe: string;
  readonly cluster: string;
  /** The configuration that the recipe receives. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The values that determine the result; `fingerprint` is their digest. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly fingerprint: string;
  readonly input_run_id: string | null;
  /** Address of a checkpoint that no run wrote. */
  readonly input_uri: string | null;
}

/** The checkpoint that a run starts from. */
interface Input {
  readonly fingerprint: string;
  readonly run_id: string | null;
  readonly uri: string | null;
}

/**
 * Every run of a trained study, inputs before the runs that need them. The study's `checkpoints` must
 * have been expanded (earlier.ts).
 */
export function trainedRuns(
  study: TrainedStudy,
  places: StagePlaces,
  registered: ReadonlyMap<string, RegisteredCheckpoint>,
  digest: Digest,
): RunDraft[] {
  const draft = drafter(study, places, digest);
  const earlier = earlierCheckpoints(study.variants);
  const base = study.base
    ? draft('pretrain', named(BASE_VARIANT), pretrainValues(study, study.base), null)
    : null;
  return [
    ...(base ? [base] : []),
    ...study.variants.flatMap((variant) => {
      if (isEarlier(variant)) return []; // together with the run that it is taken from
      if (isRegistered(variant))
        return measuredRuns(study, named(variant.id), existing(variant, registered), draft);
      return trainingRuns(study, variant, { base, earlier: earlier.get(variant.id) ?? [] }, draft);
    }),
  ];
}

interface Start {
  readonly base: RunDraft | null;
  readonly earlier: readonly Earlier[];
}

/** A training run, and all that is measured of its checkpoints. */
function trainingRuns(
  study: TrainedStudy,
  variant: Variant,
  { base, earlier }: Start,
  draft: Drafter,
): RunDraft[] {
  if (variant.checkpoints) throw new TypeError(`\`checkpoints\` of "${variant.id}" not expanded`);
  const values = pretrainValues(study, trainingFields(variant));
  const steps = earlier.map(({ step }) => step).sort((a, b) => a - b);
  const offered = steps.length ? { ...values, [CHECKPOINT_STEPS]: steps } : values;
  const pretrain = draft('pretrain', named(variant.id), offered, base && inputOf(base));
  return [
    pretrain,
    ...measuredRuns(study, named(variant.id), inputOf(pretrain), draft),
    ...earlier.flatMap(({ id, step }) => {
      const name = { variant_id: id, trained_as: variant.id };
      const taken = draft('checkpoint', name, { step }, inputOf(pretrain));
      return [taken, ...measuredRuns(study, name, inputOf(taken), draft)];
    }),
  ];
}

/** The indicators, fine-tuning and evaluation of a checkpoint. */
function measuredRuns(study: TrainedStudy, name: Named, start: Input, draft: Drafter): RunDraft[] {
  return [
    draft('indicate', name, indicateValues(study), start),
    ...branchesOf(study).flatMap((branch) => {
      const sft = draft('sft', name, sftValues(study, branch), start, branch);
      const values = evaluateValues(study, branch);
      return [sft, draft('evaluate', name, values, inputOf(sft), branch)];
    }),
  ];
}

type Named = Pick<RunDraft, 'variant_id' | 'trained_as'>;

function named(id: string): Named {
  return { variant_id: id, trained_as: id };
}

function inputOf({ fingerprint, run_id }: RunDraft): Input {
  return { fingerprint, run_id, uri: null };
}

function existing({ id }: Variant, registered: ReadonlyMap<string, RegisteredCheckpoint>): Input {
  const checkpoint = registered.get(id);
  if (!checkpoint) throw new TypeError(`the checkpoint of variant "${id}" was not resolved`);
  return { fingerprint: checkpoint.identity, run_id: null, uri: checkpoint.uri };
}

type Drafter = ReturnType<typeof drafter>;

function drafter(study: TrainedStudy, places: StagePlaces, digest: Digest) {
  const readers = stageReaders({
    pretrain: places.pretrain.recipe,
    indicate: places.indicate.recipe,
    sft: places.sft.recipe,
    evaluate: places.evaluate.recipe,
  });
  const read = (stage: RecipeStage, offered: Values): StageConfig => {
    const reader = readers[stage];
    if (reader) return reader.config(offered);
    throw new TypeError(`recipe "${places[stage].recipe.name}" does not implement ${stage}`);
  };
  return (
    stage: RecipeStage | 'checkpoint',
    name: Named,
    offered: Values,
    input: Input | null,
    branch?: Branch,
  ): RunDraft => {
    const isTaken = stage === 'checkpoint';
    const { recipe, cluster } = places[isTaken ? 'pretrain' : stage];
    const { config, aside } = isTaken ? { config: offered, aside: {} } : read(stage, offered);
    const values = {
      stage,
      config,
      recipe: recipe.name,
      recipe_version: recipe.manifest.version,
      input: input?.fingerprint ?? null,
    };
    return {
      run_id: runId(name.variant_id, stage, branch),
      stage,
      ...name,
      task: branch?.task ?? null,
      recipe: recipe.name,
      cluster,
      config: { ...config, ...aside },
      values,
      fingerprint: digest(values),
      input_run_id: input?.run_id ?? null,
      input_uri: input?.uri ?? null,
    };
  };
}

/** The run that imports a table: `tableDigest` is its sha256. */
export function importRun(study: Tabled, tableDigest: string, digest: Digest): RunDraft {
  const values = { stage: 'import', columns: study.columns, table: tableDigest };
  return {
    run_id: 'import',
    stage: 'import',
    ...named(''),
    task: null,
    recipe: '',
    cluster: '',
    config: {},
    values,
    fingerprint: digest(values),
    input_run_id: null,
    input_uri: null,
  };
}
