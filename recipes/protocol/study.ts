/** What the recipes that come with foretune read alike of a study, as types. */

/** The settings of training on the items of a task in batches. */
export type FineTuning = {
  recipe?: string;
  lr: number;
  steps: number;
  /** Items of a step, over all processes. */
  batch: number;
  train_items: number;
  test_items: number;
  /** Steps in which the rate rises. */
  warmup_steps?: number;
};
