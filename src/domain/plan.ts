/**
 * The runs of a study, and the reason for each. Pure: the same study, recipe and record give the same
 * plan, in whatever order results were recorded. A run's fingerprint is the digest of the values that
 * determine its result (configuration, seed, recipe version, the fingerprint of its input), never
 * paths, hosts or clocks.
 */
import { spentOn, variantsLeft } from './budget';
import { estimator } from './estimate';
import { studyId } from './ids';
import { groupJobs } from './jobs';
import {
  importRun,
  trainedRuns,
  type Digest,
  type RecipeFacts,
  type RegisteredCheckpoint,
  type RunDraft,
  type StagePlaces,
} from './runs';
import { blockAll, doneAgain, narrow, type PlanRequest } from './request';
import { tableOf, type Study, type TrainedStudy } from './schema';
import { isRegistered } from './variant-schema';
import type { Plan, PlannedRecipe, PlannedRun, RecordedRun } from './planned';

export type { Action, Plan, PlannedJob, PlannedRecipe, PlannedRun, RecordedRun } from './planned';

/** The inputs of a plan, besides the study and the record. */
export interface PlanInputs {
  /** Null for a study without jobs. */
  readonly places: StagePlaces | null;
  /** sha256 of an imported study's table. */
  readonly tableDigest?: string;
  /** By variant. */
  readonly registered?: ReadonlyMap<string, RegisteredCheckpoint>;
}

export function planStudy(
  study: Study,
  { places, tableDigest = '', registered = new Map() }: PlanInputs,
  recorded: ReadonlyMap<string, RecordedRun>,
  digest: Digest,
  request: PlanRequest = {},
): Plan {
  const drafts = draftsOf(study, { places, tableDigest, registered }, digest);
  const runs = withinBudget(study, decide(drafts, recorded, request), recorded);
  const recipes = recipesOf(places);
  return {
    study: studyId(study),
    study_fingerprint: digest(decidingFields(study, { tableDigest, registered })),
    kind: study.kind,
    recipes,
    runs,
    jobs: study.kind === 'trained' ? groupJobs(study, runs, digest) : [],
    warnings: sourceWarnings(runs, recipes, recorded),
  };
}

function draftsOf(
  study: Study,
  { places, tableDigest, registered }: Required<PlanInputs>,
  digest: Digest,
): RunDraft[] {
  const table = tableOf(study);
  const imports = table ? [importRun(table, tableDigest, digest)] : [];
  if (study.kind === 'imported') return imports;
  if (!places) throw new TypeError(`study "${studyId(study)}" needs recipes`);
  return [...imports, ...trainedRuns(study, places, registered, digest)];
}

function recipesOf(places: StagePlaces | null): Record<string, PlannedRecipe> {
  const used = Object.values(places ?? {}).map(({ recipe }) => recipe);
  return Object.fromEntries(
    used.map(({ name, manifest, source_digest }: RecipeFacts) => [
      name,
      { version: manifest.version, source_digest },
    ]),
  );
}

/** The content of files that a study's configuration refers to by path. */
export interface LookedUp {
  readonly tableDigest?: string;
  readonly registered?: ReadonlyMap<string, Pick<RegisteredCheckpoint, 'identity'>>;
}

/**
 * The study without the fields that cannot change a measurement: those that say where it runs, at which
 * scale, what is kept and how it is described. Files are represented by their content, variants by
 * their names.
 */
export function decidingFields(
  study: Study,
  { tableDigest = '', registered = new Map() }: LookedUp = {},
): Record<string, unknown> {
  const { description: _d, citation: _c, window: _w, ...fields } = study;
  if (fields.kind === 'imported') return { ...fields, table: tableDigest };
  const {
    cluster: _c1,
    stages: _s,
    fine_tune: _f,
    budget: _b,
    retries: _r,
    keep_checkpoints: _k,
    ...rest
  } = fields;
  // The last step follows from the other fields of the run.
  const variants = rest.variants.map(({ last_step: _l, ...variant }) => [
    variant.id,
    isRegistered(variant)
      ? { ...variant, checkpoint: registered.get(variant.id)?.identity ?? variant.checkpoint }
      : variant,
  ]);
  const table = rest.table === undefined ? {} : { table: tableDigest };
  const stages = recipesIn(fields.stages);
  return { ...rest, ...table, stages, variants: Object.fromEntries(variants) };
}

/** A stage may move to another cluster; another recipe gives a different measurement. */
function recipesIn(stages: TrainedStudy['stages']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(stages).flatMap(([stage, { recipe }]) => (recipe ? [[stage, recipe]] : [])),
  );
}

// ---- Reuse or run ---------------------------------------------------------------------------

function decide(
  drafts: readonly RunDraft[],
  recorded: ReadonlyMap<string, RecordedRun>,
  request: PlanRequest,
): PlannedRun[] {
  const estimate = estimator(drafts, recorded);
  const again = doneAgain(drafts, request.from);
  const decided = drafts.map((draft): PlannedRun => {
    const record = recorded.get(draft.run_id);
    const redo = again.has(draft.run_id) && isDone(draft, record);
    const reason = redo ? `repeated from ${request.from} on, by request` : whyRun(draft, record);
    return {
      ...draft,
      action: reason ? 'run' : 'reuse',
      reason: reason ?? 'recorded with the same fingerprint',
      attempt: nextAttempt(record),
      ...estimate(draft),
      ...(redo && { redo }),
    };
  });
  const asked = rerunLostInputs(narrow(decided, request.only, recorded), recorded);
  return request.spent === undefined ? asked : blockAll(asked, request.spent);
}

/** Applies the budget: variants that were started are finished, others wait to be selected. */
function withinBudget(
  study: Study,
  runs: readonly PlannedRun[],
  recorded: ReadonlyMap<string, RecordedRun>,
): readonly PlannedRun[] {
  if (study.kind !== 'trained' || !study.fine_tune) return runs;
  const spent = spentOn(runs, recorded);
  const budget = variantsLeft(study.fine_tune, spent) ? 'open' : 'spent';
  const change: Pick<PlannedRun, 'action' | 'reason' | 'budget'> =
    budget === 'open'
      ? { action: 'run', reason: 'fine-tuned if it is selected', budget }
      : { action: 'blocked', reason: 'not fine-tuned (budget)', budget };
  return runs.map((run) =>
    run.task === null || run.action !== 'run' || spent.begun.has(run.variant_id)
      ? run
      : { ...run, ...change },
  );
}

/** A run that was running when last seen is continued, not restarted. */
function nextAttempt(record: RecordedRun | undefined): number {
  if (!record) return 1;
  return record.status === 'running' ? record.attempt : record.attempt + 1;
}

function isDone(draft: RunDraft, record: RecordedRun | undefined): boolean {
  return record?.status === 'done' && record.fingerprint === draft.fingerprint;
}

function whyRun(draft: RunDraft, record: RecordedRun | undefined): string | null {
  if (!record) return 'never run';
  if (record.fingerprint !== draft.fingerprint)
    return `changed: ${differences(JSON.parse(record.values_json), draft.values).join('; ')}`;
  if (record.status === 'done') return null;
  if (record.status === 'failed') return `failed before (${record.failure_class ?? 'unknown'})`;
  return `${record.status} when last seen`;
}

/**
 * A run whose weights were deleted runs again if a run that will be executed needs them. So does a
 * training run that did not keep the checkpoint of one of its steps.
 */
function rerunLostInputs(
  runs: readonly PlannedRun[],
  recorded: ReadonlyMap<string, RecordedRun>,
): PlannedRun[] {
  const result = new Map(runs.map((run) => [run.run_id, run]));
  for (const run of [...runs].reverse()) {
    if (result.get(run.run_id)?.action !== 'run' || !run.input_run_id) continue;
    const input = result.get(run.input_run_id);
    const isTaken = run.stage === 'checkpoint';
    const lost = recorded.get(run.input_run_id)?.checkpoint_exists === false;
    if (input?.action !== 'reuse' || !(isTaken || lost)) continue;
    const reason = isTaken
      ? `it did not keep the checkpoint of "${run.run_id}"`
      : `its checkpoint was deleted and "${run.run_id}" needs it`;
    result.set(input.run_id, { ...input, action: 'run', reason });
  }
  return [...result.values()];
}

/** `config.lr: 0.001 -> 0.002` for every leaf that differs. */
export function differences(before: unknown, after: unknown, path = ''): string[] {
  if (isRecord(before) && isRecord(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return keys.flatMap((key) =>
      differences(before[key], after[key], path ? `${path}.${key}` : key),
    );
  }
  const [a, b] = [JSON.stringify(before), JSON.stringify(after)];
  return a === b ? [] : [`${path}: ${a ?? 'absent'} -> ${b ?? 'absent'}`];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function sourceWarnings(
  runs: readonly PlannedRun[],
  recipes: Plan['recipes'],
  recorded: ReadonlyMap<string, RecordedRun>,
): string[] {
  return Object.entries(recipes).flatMap(([name, recipe]) => {
    const stale = runs.filter((run) => {
      if (run.recipe !== name || run.action !== 'reuse') return false;
      const digest = recorded.get(run.run_id)?.source_digest;
      return digest && digest !== recipe.source_digest;
    });
    if (!stale.length) return [];
    return [
      `${stale.length} reused runs were made by different source code of recipe "${name}" with the same version "${recipe.version}": raise the recipe's version if its results changed.`,
    ];
  });
}
