/**
 * The tables of the dataset of record: their columns, Arrow types and row types, in snake_case as
 * in the files. Strings are plain Utf8, never dictionaries (other readers do not support them).
 */
import { Bool, Float64, Int32, TimestampMillisecond, Utf8, type DataType } from 'apache-arrow';

const utf8 = { type: new Utf8(), nullable: false } as const;
const float = { type: new Float64(), nullable: false } as const;
const int = { type: new Int32(), nullable: false } as const;
const time = { type: new TimestampMillisecond(), nullable: false } as const;
const bool = { type: new Bool(), nullable: false } as const;
const maybe = <T extends DataType>(column: { type: T }) =>
  ({ type: column.type, nullable: true }) as const;

/** Columns of every row of every table. */
const identity = {
  study: utf8,
  variant_id: utf8,
  run_id: utf8,
  attempt: int,
  recorded_at: time,
} as const;

export const TABLES = {
  /** A variant and its complete configuration. */
  variants: {
    ...identity,
    /** The properties of the variant before measurement, as a JSON object with any fields. */
    config_json: utf8,
    fingerprint: utf8,
  },
  /**
   * An attempt at a run: one row at submission, one at the end; the latest row of a run applies.
   */
  runs: {
    ...identity,
    stage: utf8,
    task: maybe(utf8),
    fingerprint: utf8,
    /** The values that determined the result, as JSON: the fingerprint is their digest. */
    values_json: utf8,
    recipe: utf8,
    recipe_version: utf8,
    source_digest: utf8,
    cluster: utf8,
    job: utf8,
    external_id: utf8,
    status: utf8,
    failure_class: maybe(utf8),
    error: maybe(utf8),
    started_at: maybe(time),
    ended_at: maybe(time),
    wall_seconds: maybe(float),
    cpu_seconds: maybe(float),
    gpu_seconds: maybe(float),
    max_rss_bytes: maybe(float),
    cost: maybe(float),
  },
  /** Weights at a step. */
  checkpoints: {
    ...identity,
    step: int,
    tokens: float,
    flops: float,
    parameters: float,
    active_parameters: float,
    uri: utf8,
    sha256: utf8,
  },
  /** A point of a training log. */
  curves: {
    ...identity,
    step: int,
    tokens: float,
    metric: utf8,
    domain: maybe(utf8),
    value: float,
  },
  /** A number known before fine-tuning; higher is better. */
  indicators: {
    ...identity,
    indicator: utf8,
    domain: maybe(utf8),
    value: float,
    stderr: maybe(float),
    n: maybe(int),
  },
  /** A downstream score after SFT. */
  outcomes: {
    ...identity,
    task: utf8,
    dataset: utf8,
    sft_recipe: utf8,
    seed: int,
    metric: utf8,
    value: float,
    stderr: maybe(float),
    n: maybe(int),
  },
  /** One item's result, k-shot (`phase` "kshot") or after SFT (`phase` "sft"). */
  samples: {
    ...identity,
    task: utf8,
    dataset: utf8,
    phase: utf8,
    seed: int,
    item_id: utf8,
    /** Solved examples that the item was shown; null if the recipe does not say. */
    shots: maybe(int),
    correct: bool,
    answer_probability: float,
    log_likelihood: float,
    tokens: int,
  },
  /** How well a proxy orders the pairs of a study on one task. */
  fits: {
    ...identity,
    fit_id: utf8,
    task: utf8,
    proxy: utf8,
    protocol: utf8,
    n_variants: int,
    /** Number of pairs: of one split under `paper-60-40`, otherwise of all splits together. */
    n_pairs: int,
    /** Mean over splits; over all pairs if there are none. */
    accuracy: float,
    error_rate: float,
    ci_low: float,
    ci_high: float,
    ci_method: utf8,
    read_version: int,
    // The following columns are null in fits of all pairs, which train nothing and have no splits.
    /** Standard deviation of the accuracy over splits; null for a single split. */
    std: maybe(float),
    n_splits: maybe(int),
    /** The learner of a supervised proxy. */
    learner: maybe(utf8),
    /** The input of the learner: indicators, config, both. */
    features: maybe(utf8),
    /** The task of the training outcomes. */
    train_task: maybe(utf8),
    /**
     * The proxy's reduction of perplexity's error rate on the same pairs, as a share of that rate.
     */
    error_reduction: maybe(float),
    settings_json: maybe(utf8),
    /**
     * Further results: accuracy over all pairs of unequal splits, importance of features, choices.
     */
    details_json: maybe(utf8),
  },
  /** A pair: the probability that A is better than B after SFT. */
  predictions: {
    ...identity,
    fit_id: utf8,
    task: utf8,
    variant_a: utf8,
    variant_b: utf8,
    probability: float,
    // Never null so far; nullable because the columns were added after the table.
    proxy: maybe(utf8),
    protocol: maybe(utf8),
    split: maybe(utf8),
  },
} as const;

export type TableName = keyof typeof TABLES;
export const TABLE_NAMES = Object.keys(TABLES) as readonly TableName[];

type Value<T> = T extends Utf8
  ? string
  : T extends Bool
    ? boolean
    : T extends TimestampMillisecond
      ? Date
      : number;
type Columns = Readonly<Record<string, { readonly type: DataType; readonly nullable: boolean }>>;
type RowOf<C extends Columns> = {
  readonly [K in keyof C]: C[K]['nullable'] extends true
    ? Value<C[K]['type']> | null
    : Value<C[K]['type']>;
};

/** A row of a table, as code handles it: timestamps are Dates, missing values null. */
export type Row<T extends TableName> = RowOf<(typeof TABLES)[T]>;

/** Columns that the orchestrator adds to what a recipe wrote. */
export const IDENTITY_COLUMNS = Object.keys(identity) as readonly (keyof typeof identity)[];
