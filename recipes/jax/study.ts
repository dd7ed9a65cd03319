/**
 * The fields of a study that the JAX reference recipe reads, as types:
 * `defineStudy<JaxStudy>({...})`.
 */
import type { StudyInput } from '../../src/domain/schema';
import type { FineTuning } from '../protocol/study';

type Trained = Extract<StudyInput, { readonly kind: 'trained' }>;

/**
 * Causal LM, span corruption (0.15, 3), prefix LM, UL2 (arXiv 2205.05131), UL2R (arXiv 2210.11399)
 * and mixes.
 */
export type Objective = 'clm' | 'sc' | 'plm' | 'sc+clm' | 'ul2' | 'ul2r' | 'ul2r+clm';

export type Training = {
  /** Several are mixed in equal parts. */
  objective: Objective | Objective[];
  /** Name of one of the study's mixtures. */
  mixture: string;
  /** Peak learning rate. */
  lr: number;
  /** Training tokens of this run. */
  train_tokens: number;
  /** Whether every document begins with a tag of its domain, such as [news]. */
  tag?: boolean;
  /** `all`, or two percentages such as 25-75: the quantiles of document length to read. */
  length_filter?: string;
  /** Seed of all random choices in training; by default the study's. */
  seed?: number;
  /** Tokens per step. */
  step_tokens?: number;
  warmup_steps?: number;
  /** Share of the steps after which the learning rate decays, and its final share of the peak. */
  decay_from?: number;
  decay_to?: number;
  /** The half of the invented world that most text is about: 1 for a base, 2 for its variants. */
  volume?: 1 | 2;
};

/**
 * Settings of a shared base: small steps and a low final learning rate (foretune_jax/config.py).
 */
export const BASE = {
  step_tokens: 1024,
  decay_from: 0.5,
  decay_to: 0.1,
  volume: 1,
} as const satisfies Partial<Training>;

export type Model = {
  layers?: number;
  width?: number;
  heads?: number;
  context?: number;
  vocabulary?: number;
};

export type Sft = FineTuning;

/** `shots`: solved examples before a k-shot item. */
type Task = Trained['tasks'][string] & { shots?: number; sft: Sft | Sft[] };

type Variant = Trained['variants'][number];
/** `checkpoints`: earlier checkpoints of the run that are variants too. */
type Run = Training & Pick<Variant, 'id' | 'checkpoints' | 'config'>;
/** A folder with `weights.safetensors` of the study's model. */
type Registered = Variant & { checkpoint: string };
/** An earlier checkpoint of another variant's run. */
type Earlier = Variant & { from: string; step: number };

export type JaxStudy = Omit<Trained, 'recipe' | 'model' | 'base' | 'variants' | 'tasks'> & {
  recipe: 'jax';
  model?: Model;
  base?: Training;
  variants: (Run | Registered | Earlier)[];
  indicate?: { dev_tokens?: number; items?: number; development?: string[] };
  tasks: Record<string, Task>;
};
