/** What the JAX reference recipe reads of a study, as types: `defineStudy<JaxStudy>({...})`. */
import type { StudyInput } from '../../src/domain/schema';

type Trained = Extract<StudyInput, { readonly kind: 'trained' }>;

/** Causal LM, span corruption (0.15, 3), prefix LM, UL2 (arXiv 2205.05131), UL2R (arXiv 2210.11399) and mixes. */
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
  /** all, or two percentages such as 25-75: quantiles of length between which documents are read. */
  length_filter?: string;
  /** Tokens of an optimiser step. */
  batch_tokens?: number;
  /** How the rate falls: throughout, or over the second half to a tenth. */
  schedule?: 'linear' | 'late';
  seed?: number;
};

export type Model = {
  layers?: number;
  width?: number;
  heads?: number;
  context?: number;
  vocabulary?: number;
};

export type Sft = {
  recipe?: string;
  lr: number;
  steps: number;
  batch: number;
  train_items: number;
  test_items: number;
};

type Task = Trained['tasks'][string] & { sft: Sft | Sft[] };

export type JaxStudy = Omit<Trained, 'recipe' | 'model' | 'base' | 'variants' | 'tasks'> & {
  recipe: 'jax';
  model?: Model;
  base?: Training;
  variants: (Training & { id: string })[];
  indicate?: { dev_tokens?: number; items?: number };
  tasks: Record<string, Task>;
};
