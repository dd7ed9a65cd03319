/**
 * Identifiers that several modules share. Pure and free of zod, so that workflows may import it.
 */

/** `quickstart@1`: the identity of a study. */
export function studyId(study: { readonly name: string; readonly version: number }): string {
  return `${study.name}@${study.version}`;
}

/** The shared checkpoint is a run of the study like any other, under this variant id. */
export const BASE_VARIANT = 'base';

/** `<variant>/pretrain`, `<variant>/sft/cms/full/seed0`. */
export function runId(variantId: string, stage: string, branch?: Branch): string {
  if (!branch) return `${variantId}/${stage}`;
  return `${variantId}/${stage}/${branch.task}/${branch.sft_recipe}/seed${branch.sft_seed}`;
}

/** One fine-tuning of a variant: the task, the SFT recipe and the seed. */
export interface Branch {
  readonly task: string;
  readonly sft_recipe: string;
  readonly sft_seed: number;
}

export function studyWorkflowId(study: string): string {
  return `study/${study}`;
}

/** If only some variants are fine-tuned, each is measured and tuned in two separate workflows. */
export type VariantPart = 'measure' | 'tune';

export function variantWorkflowId(study: string, variantId: string, part?: VariantPart): string {
  return `study/${study}/${part ?? 'variant'}/${variantId}`;
}

/** A run or job: its variant, and the variant at the end of the training run. */
export interface Trained {
  readonly variant_id: string;
  readonly trained_as: string;
}

/**
 * The variant whose workflow executes a run or job: one workflow serves all variants of a training run,
 * but in rounds each variant is tuned by its own.
 */
export function workflowVariant({ variant_id, trained_as }: Trained, part?: VariantPart): string {
  return part === 'tune' ? variant_id : trained_as;
}

const PARTS: readonly (VariantPart | undefined)[] = [undefined, 'measure', 'tune'];

/** The workflows of which one executes the run or job, if any does. */
export function possibleWorkflows(study: string, run: Trained): string[] {
  return PARTS.map((part) => variantWorkflowId(study, workflowVariant(run, part), part));
}

/** A study has one schedule; the id of each of its re-fits is this name followed by the time. */
export function refitId(study: string): string {
  return `refit/${study}`;
}
