/** The runs that a study consists of, each with the values that decide its result. Pure. */
import { BASE_VARIANT, runId, type Branch } from './ids';
import type { ImportedStudy, TrainedStudy, Variant } from './schema';
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
  const indicate = draft(
    'indicate',
    variant.id,
    { model: study.model, ...study.indicate },
    pretrain,
  );
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
  const settings = study.sft[branch.task as keyof typeof study.sft];
  if (!settings) return [];
  const { recipe: sft_recipe, test_items, ...training } = settings;
  const shared = { model: study.model, task: branch.task, sft_recipe, sft_seed: branch.sft_seed };
  const sft = draft('sft', pretrain.variant_id, { ...shared, ...training }, pretrain, branch);
  return [sft, draft('evaluate', pretrain.variant_id, { ...shared, test_items }, sft, branch)];
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
    config: Record<string, unknown>,
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
      config,
      values,
      fingerprint: digest(values),
      input_run_id: input?.run_id ?? null,
    };
  };
}

function baseConfig(study: TrainedStudy, base: NonNullable<TrainedStudy['base']>) {
  const { mixture, ...rest } = base;
  return { model: study.model, mixture: study.mixtures[mixture], ...rest };
}

function variantConfig(study: TrainedStudy, variant: Variant) {
  const { objective, mixture, lr, train_tokens, tag, length_filter } = variant;
  return {
    model: study.model,
    mixture: study.mixtures[mixture],
    objectives: [objective],
    lr,
    train_tokens,
    tag,
    length_filter,
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
