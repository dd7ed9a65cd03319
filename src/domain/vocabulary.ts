/**
 * Foretune's own names: stages, failure classes, statuses. Free of zod, so that workflows may
 * import it.
 */

/**
 * `import`: measurements come from a table. `checkpoint`: weights that a training run passes
 * through. Recipes carry out the others, except `fit`.
 */
export const STAGES = [
  'import',
  'pretrain',
  'checkpoint',
  'indicate',
  'sft',
  'evaluate',
  'fit',
] as const;
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
 * The number of retries of a job after a failure of each class, and the first delay, unless the
 * study sets them. Preemption is not a failure: a preempted job only has to queue again.
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
