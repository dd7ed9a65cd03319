/**
 * What a study says to the Hugging Face recipe (recipes/foretune_hf): models and data by name, never by
 * path, so that fingerprints are the same on every machine. A name is looked for in the data folder
 * (FORETUNE_HF_DATA), then on the Hugging Face hub. The Python side reads it in foretune_hf/config.py.
 */
import { z } from 'zod';
import { DOMAINS, TASKS } from './vocabulary';

const count = z.number().int().positive();
const name = z
  .string()
  .regex(
    /^(?!.*\.\.)\w[\w.-]*(\/\w[\w.-]*)*$/,
    'expected no path but the name of a file or folder in the data folder (FORETUNE_HF_DATA, else .foretune/hf-data), or of the Hugging Face hub',
  );
const revision = z
  .string()
  .min(1)
  .nullable()
  .default(null)
  .describe(
    'Commit or tag on the hub; of local files any word, changed when their content changes',
  );

const dataset = {
  dataset: name.describe('A .jsonl, .json, .parquet, .csv or .txt file, or a data set of the hub'),
  config: z.string().nullable().default(null).describe('Configuration of a data set of the hub'),
  split: z.string().default('train').describe('Split of a data set of the hub'),
  revision,
};

const SourceSchema = z.strictObject({
  ...dataset,
  field: z.string().default('text').describe('Column that holds the text'),
});

const TaskSchema = z.strictObject({
  harness: z
    .array(z.string())
    .min(1)
    .describe('Tasks of lm-evaluation-harness whose mean is the score'),
  metric: z.string().default('acc').describe("The harness's name of the metric; higher is better"),
  shots: z.number().int().nonnegative().default(5).describe('Examples shown before k-shot items'),
  data: z
    .strictObject({
      ...dataset,
      prompt: z.string().describe("Jinja template over a row's columns"),
      completion: z.string().describe('The same, for what is learned; it begins with a space'),
    })
    .optional()
    .describe('What is fine-tuned on; must not overlap what the harness asks'),
});

const LoraSchema = z.strictObject({
  rank: count.default(16).describe('Rank of the adapters'),
  alpha: count.default(32).describe('Their scale, times the rank'),
  dropout: z.number().min(0).max(1).default(0).describe('Of what adapters read'),
  targets: z
    .union([z.string(), z.array(z.string()).min(1)])
    .default('all-linear')
    .describe('Modules that are adapted, as PEFT names them'),
});

const MemorySchema = z.strictObject({
  micro_batch: count.default(8).describe('Rows of a process at once; gradients of several add up'),
  activation_checkpointing: z.boolean().default(false).describe('Compute activations twice'),
});

export const HuggingFaceSchema = z.strictObject({
  checkpoint: name.describe('Model folder that all variants, or the base, continue'),
  revision,
  context: count.describe('Tokens of a row'),
  batch: count.describe('Rows of a step of pre-training, over all processes'),
  warmup_steps: z.number().int().nonnegative().default(100).describe('Of pre-training'),
  text: z.partialRecord(z.enum(DOMAINS), SourceSchema).describe('Where the text of a domain lies'),
  development: SourceSchema.describe('Text of the perplexities; none of it is trained on'),
  tasks: z
    .partialRecord(z.enum(TASKS), TaskSchema)
    .describe('How task families are asked; all of these become k-shot indicators'),
  lora: LoraSchema.prefault({}).describe('Adapters of the SFT recipe `lora`'),
  memory: MemorySchema.prefault({}).describe(
    'How work is cut so that it fits; may be changed under one version, as it decides only rounding',
  ),
});
export type HuggingFace = z.infer<typeof HuggingFaceSchema>;

export const SFT_RECIPES: readonly string[] = ['full', 'lora'];
