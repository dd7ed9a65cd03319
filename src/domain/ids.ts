/** Names that several parts must agree on. Pure and free of zod, so that workflows may import it. */

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

/** One fine-tuning of a variant: which task, how, and with which seed. */
export interface Branch {
  readonly task: string;
  readonly sft_recipe: string;
  readonly sft_seed: number;
}

export function studyWorkflowId(study: string): string {
  return `study/${study}`;
}

/** Where not all variants are fine-tuned, measuring and tuning a variant are workflows of their own. */
export type VariantPart = 'measure' | 'tune';

export function variantWorkflowId(study: string, variantId: string, part?: VariantPart): string {
  return `study/${study}/${part ?? 'variant'}/${variantId}`;
}

/** A study has one schedule; its re-fits have the same name, with their time behind it. */
export function refitId(study: string): string {
  return `refit/${study}`;
}
