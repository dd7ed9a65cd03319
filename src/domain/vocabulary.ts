/**
 * The closed vocabularies of a study, free of zod so that workflows may import them.
 * ARCHITECTURE.md, "Words", defines the terms.
 */

/**
 * Pre-training objectives: causal LM, span corruption (0.15, 3), prefix LM, SC and CLM mixed, UL2 (six
 * span corruptions and PLM, arXiv 2205.05131), UL2R (two and PLM, arXiv 2210.11399), UL2R and CLM mixed.
 */
export const OBJECTIVES = ['clm', 'sc', 'plm', 'sc+clm', 'ul2', 'ul2r', 'ul2r+clm'] as const;
export type Objective = (typeof OBJECTIVES)[number];

/** Text domains that the reference recipe can read (recipes/TEXT.md). */
export const DOMAINS = [
  'world',
  'prose',
  'code',
  'glosses',
  'web',
  'news',
  'docs',
  'encyclopedia',
  'questions',
] as const;

/** Task families: commonsense, retrieval-augmented QA, closed-book QA. */
export const TASKS = ['cms', 'rag', 'cbqa'] as const;
export type Task = (typeof TASKS)[number];

/** The five indicators of arXiv 2504.12491; all are "higher is better". */
export const INDICATORS = [
  'inv_ppl_clm',
  'inv_ppl_sc',
  'kshot_cms',
  'kshot_rag',
  'kshot_cbqa',
] as const;
export type Indicator = (typeof INDICATORS)[number];

/**
 * Further k-shot measurements of the reference recipe, higher is better (arXiv 2504.11393). Those that
 * compare options exist only for the task with options. `neg_bpb` (bits per byte) is recorded by domain only.
 */
export const EXTRA_INDICATORS: readonly string[] = [
  ...['correct_prob', 'margin', 'norm_correct_prob', 'total_prob'].map((name) => `cms_${name}`),
  'rag_correct_prob',
  'cbqa_correct_prob',
].flatMap((name) => [`kshot_${name}`, `kshot_${name}_per_char`]);

/** `import`: measurements come from a table. Recipes compute the others. */
export const STAGES = ['import', 'pretrain', 'indicate', 'sft', 'evaluate', 'fit'] as const;
export type Stage = (typeof STAGES)[number];

export const FAILURE_CLASSES = [
  'user_code',
  'out_of_memory',
  'timeout',
  'preempted',
  'node_failure',
  'cluster_unavailable',
  'cancelled',
] as const;
export type FailureClass = (typeof FAILURE_CLASSES)[number];

/**
 * The number of retries of a job after a failure of each class, and the first delay, unless the study sets
 * them. Preemption is not a failure: a preempted job only has to queue again.
 */
export const RETRIES: Readonly<
  Record<FailureClass, { readonly times: number; readonly pause_seconds: number }>
> = {
  user_code: { times: 0, pause_seconds: 5 },
  out_of_memory: { times: 0, pause_seconds: 5 },
  timeout: { times: 0, pause_seconds: 5 },
  preempted: { times: 100, pause_seconds: 0 },
  node_failure: { times: 3, pause_seconds: 5 },
  cluster_unavailable: { times: 10, pause_seconds: 5 },
  cancelled: { times: 0, pause_seconds: 0 },
};

/** The status of a run. `reused`: an earlier execution recorded the run's measurements. */
export const RUN_STATUSES = [
  'done',
  'reused',
  'pending',
  'running',
  'failed',
  'blocked',
  'cancelled',
] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

/** Search attributes (type Keyword) of every execution. */
export const SEARCH_ATTRIBUTES = [
  'ForetuneStudy',
  'ForetuneVariant',
  'ForetuneStage',
  'ForetuneStatus',
] as const;
