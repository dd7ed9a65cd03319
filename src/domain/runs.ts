/** The runs that a study consists of, each with the values that decide its result. Pure. */
import { BASE_VARIANT, runId, type Branch } from './ids';
import type { ImportedStudy, TrainedStudy, Variant } from './schema';
import {
  baseConfig,
  evaluateConfig,
  indicateConfig,
  sftConfig,
  variantConfig,
  type StageConfig,
} from './stage-config';
import type { Stage } from './vocabulary';

export type Digest = (value: unknown) => string;

/** What a plan needs to know of the recipe that a study names. */
export interface RecipeFacts {
  readonly name: string;
  readonly version: string;
  readonly source_digest: string;
}

/** A run before anybody looked whether it is recorded already. */
export interface RunDraft {
  readonly run_id: string;
  readonly stage: Stage;
  readonly variant_id: string;
  readonly task: string | null;
  /** What the recipe is told. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The values that decide the result; `fingerprint` is their digest. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly fingerprint: string;
  readonly input_run_id: string | null;
}

/** Every run of a trained study, inputs before the runs that need them. */
export function trainedRuns(study: TrainedStudy, recipe: RecipeFacts, digest: Digest): RunDraft[] {
  const draft = drafter(study, recipe, digest);
  const base = study.base
    ? draft('pretrain', BASE_VARIANT, baseConfig(study, study.base), null)
    : null;
  return [
    ...(base ? [base] : []),
    ...study.variants.flatMap((variant) => variantRuns(study, variant, base, draft)),
  ];
}

function variantRuns(
  study: TrainedStudy,
  variant: Variant,
  base: RunDraft | null,
  draft: Drafter,
): RunDraft[] {
  const pretrain = draft('pretrain', variant.id, variantConfig(study, variant), base);
  const indicate = draft('indicate', variant.id, indicateConfig(study), pretrain);
  return [
    pretrain,
    indicate,
    ...branches(study).flatMap((b) => branchRuns(study, b, pretrain, draft)),
  ];
}

function branchRuns(
  study: TrainedStudy,
  branch: Branch,
  pretrain: RunDraft,
  draft: Drafter,
): RunDraft[] {
  if (!study.sft[branch.task as keyof typeof study.sft]) return [];
  const { variant_id } = pretrain;
  const sft = draft('sft', variant_id, sftConfig(study, branch), pretrain, branch);
  return [sft, draft('evaluate', variant_id, evaluateConfig(study, branch), sft, branch)];
}

function branches(study: TrainedStudy): Branch[] {
  return study.tasks.flatMap((task) =>
    study.sft_seeds.map((sft_seed) => ({
      task,
      sft_recipe: study.sft[task]?.recipe ?? 'full',
      sft_seed,
    })),
  );
}

type Drafter = ReturnType<typeof drafter>;

function drafter(study: TrainedStudy, recipe: RecipeFacts, digest: Digest) {
  return (
    stage: Stage,
    variantId: string,
    { config, aside }: StageConfig,
    input: RunDraft | null,
    branch?: Branch,
  ): RunDraft => {
    const values = {
      stage,
      config,
      seed: study.seed,
      recipe: recipe.name,
      recipe_version: recipe.version,
      input: input?.fingerprint ?? null,
    };
    return {
      run_id: runId(variantId, stage, branch),
      stage,
      variant_id: variantId,
      task: branch?.task ?? null,
      config: { ...config, ...aside },
      values,
      fingerprint: digest(values),
      input_run_id: input?.run_id ?? null,
    };
  };
}

/** The one run of an imported study: `tableDigest` is the sha256 of its table. */
export function importRun(study: ImportedStudy, tableDigest: string, digest: Digest): RunDraft {
  const values = { stage: 'import', columns: study.columns, table: tableDigest };
  return {
    run_id: 'import',
    stage: 'import',
    variant_id: '',
    task: null,
    config: {},
    values,
    fingerprint: digest(values),
    input_run_id: null,
  };
}
