/** What the JAX reference recipe reads of a study, as types: `defineStudy<JaxStudy>({...})`. */
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
  /** Tokens seen in this stage. */
  train_tokens: number;
  /** Whether every document begins with a tag of its domain, such as [news]. */
  tag?: boolean;
  /**
   * all, or two percentages such as 25-75: quantiles of length between which documents are read.
   */
  length_filter?: string;
  /** Decides every random choice of training; absent: the study's. */
  seed?: number;
  /** Tokens of a step. */
  step_tokens?: number;
  warmup_steps?: number;
  /** Share of the steps after which the rate falls, and the share of the peak rate at the end. */
  decay_from?: number;
  decay_to?: number;
  /**
   * Half of the invented world that its text mostly is about: 1 for a base, 2 for what continues
   * it.
   */
  volume?: 1 | 2;
};

/**
 * How a shared base is trained: small steps, and a low rate at the end
 * (recipes/jax/foretune_jax/config.py).
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
/** A folder that holds `weights.safetensors` of the study's model. */
type Registered = Variant & { checkpoint: string };
/** A checkpoint that another variant's run passes through. */
type Earlier = Variant & { from: string; step: number };

export type JaxStudy = Omit<Trained, 'recipe' | 'model' | 'base' | 'variants' | 'tasks'> & {
  recipe: 'jax';
  model?: Model;
  base?: Training;
  variants: (Run | Registered | Earlier)[];
  indicate?: { dev_tokens?: number; items?: number; development?: string[] };
  tasks: Record<string, Task>;
};
