/** The runs that a study consists of, each with the values that determine its result. Pure. */
import { BASE_VARIANT, runId, type Branch } from './ids';
import type { RecipeStage } from './manifest';
import type { Tabled, TrainedStudy } from './schema';
import {
  branchesOf,
  evaluateValues,
  indicateValues,
  pretrainValues,
  sftValues,
  stageReaders,
  type StageRecipe,
} from './stage-config';
import { isRegistered, trainingFields, type Variant } from './variant-schema';
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

/** Every run of a trained study, inputs before the runs that need them. */
export function trainedRuns(
  study: TrainedStudy,
  places: StagePlaces,
  registered: ReadonlyMap<string, RegisteredCheckpoint>,
  digest: Digest,
): RunDraft[] {
  const draft = drafter(study, places, digest);
  const base = study.base
    ? draft('pretrain', BASE_VARIANT, pretrainValues(study, study.base), null)
    : null;
  return [
    ...(base ? [base] : []),
    ...study.variants.flatMap((variant) =>
      variantRuns(study, variant, { base, registered: registered.get(variant.id) }, draft),
    ),
  ];
}

interface Start {
  readonly base: RunDraft | null;
  readonly registered: RegisteredCheckpoint | undefined;
}

function variantRuns(
  study: TrainedStudy,
  variant: Variant,
  { base, registered }: Start,
  draft: Drafter,
): RunDraft[] {
  const values = pretrainValues(study, trainingFields(variant));
  const pretrain = isRegistered(variant)
    ? null
    : draft('pretrain', variant.id, values, base && inputOf(base));
  const start = pretrain ? inputOf(pretrain) : checkpointInput(variant.id, registered);
  const indicate = draft('indicate', variant.id, indicateValues(study), start);
  return [
    ...(pretrain ? [pretrain] : []),
    indicate,
    ...branchesOf(study).flatMap((branch) => branchRuns(study, variant.id, branch, start, draft)),
  ];
}

function branchRuns(
  study: TrainedStudy,
  variant_id: string,
  branch: Branch,
  start: Input,
  draft: Drafter,
): RunDraft[] {
  const sft = draft('sft', variant_id, sftValues(study, branch), start, branch);
  const values = evaluateValues(study, branch);
  return [sft, draft('evaluate', variant_id, values, inputOf(sft), branch)];
}

function inputOf({ fingerprint, run_id }: RunDraft): Input {
  return { fingerprint, run_id, uri: null };
}

function checkpointInput(id: string, checkpoint: RegisteredCheckpoint | undefined): Input {
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
  return (
    stage: RecipeStage,
    variantId: string,
    offered: Readonly<Record<string, unknown>>,
    input: Input | null,
    branch?: Branch,
  ): RunDraft => {
    const { recipe, cluster } = places[stage];
    const reader = readers[stage];
    if (!reader) throw new TypeError(`recipe "${recipe.name}" does not implement ${stage}`);
    const { config, aside } = reader.config(offered);
    const values = {
      stage,
      config,
      recipe: recipe.name,
      recipe_version: recipe.manifest.version,
      input: input?.fingerprint ?? null,
    };
    return {
      run_id: runId(variantId, stage, branch),
      stage,
      variant_id: variantId,
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
    variant_id: '',
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
