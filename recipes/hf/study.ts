/** What the Hugging Face recipe reads of a study, as types: `defineStudy<HfStudy>({...})`. */
import type { StudyInput } from '../../src/domain/schema';
import type { FineTuning } from '../protocol/study';

type Trained = Extract<StudyInput, { readonly kind: 'trained' }>;

/** A file below the data folder (FORETUNE_HF_DATA), or a data set of the Hugging Face hub. */
export type Dataset = {
  dataset: string;
  config?: string;
  split?: string;
  /** Commit or tag on the hub; of local files any word, changed when their content changes. */
  revision?: string;
};

/** `field`: the column that holds the text. */
export type Source = Dataset & { field?: string };

/** Jinja templates over a row's columns; a completion begins with a space. */
export type Dialogues = Dataset & { prompt: string; completion: string };

export type Lora = {
  rank?: number;
  alpha?: number;
  dropout?: number;
  targets?: string | string[];
};

export type Sft = FineTuning & { lora?: Lora };

type Task = Trained['tasks'][string] & {
  /** Tasks of lm-evaluation-harness whose mean is the score. */
  harness: string[];
  /** Examples before k-shot items. */
  shots?: number;
  /** What is fine-tuned on; it must not overlap what the harness asks. */
  data?: Dialogues;
  sft: Sft | Sft[];
};

type Variant = Trained['variants'][number];
type Training = { objective: 'clm'; mixture: string; lr: number; train_tokens: number };
/** `checkpoints`: earlier checkpoints of the run that are variants too. */
type Run = Training & Pick<Variant, 'id' | 'checkpoints' | 'config'>;
type Registered = Variant & { checkpoint: string };
/** A checkpoint that another variant's run passes through. */
type Earlier = Variant & { from: string; step: number };

export type HfStudy = Omit<
  Trained,
  'recipe' | 'model' | 'settings' | 'pretrain' | 'indicate' | 'variants' | 'tasks'
> & {
  recipe: 'hf';
  /** What all variants, or the base, continue: a name in the data folder or on the hub. */
  model?: { checkpoint: string; revision?: string };
  settings: {
    /** Tokens of a row. */
    context: number;
    /** How work is cut so that it fits; decides no result but for rounding. */
    memory?: { micro_batch?: number; activation_checkpointing?: boolean };
  };
  /** `batch`: rows of a step over all processes; `text`: where the text of a domain is. */
  pretrain?: { batch: number; warmup_steps?: number; text: Record<string, Source> };
  /** `development`: text of the perplexities; none of it is trained on. */
  indicate: { development: Source; dev_tokens?: number; items?: number };
  variants: (Run | Registered | Earlier)[];
  tasks: Record<string, Task>;
};
