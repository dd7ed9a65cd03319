/**
 * Pythia-410m, continued on three mixtures at three learning rates, then fine-tuned on real data
 * sets: what the indicators predict for real models. Needs a GPU, network access, and: node
 * infra/setup.mjs --hf
 *
 *   export FORETUNE_HF_DATA=studies/pythia-sft                 where its task squad_reading is
 *   npx foretune run studies/pythia-sft.ts --dry-run           anywhere, without a network or a set-up
 *   npx foretune run studies/pythia-sft.ts --cluster <yours>
 *
 * Expected cost, calculated and not measured: 10.5 GPU-hours of an H100. 6 x 405M weights x 200M
 * tokens is 4.9e17 FLOPs per variant, 20 minutes at 40% utilization; its indicators take 10
 * minutes; its eight fine-tunings with their evaluations 5 minutes each. It needs 24 GB of GPU
 * memory, 3 GB of text from the hub, and 130 GB of disk (81 checkpoints in float32).
 *
 * 1/PPL of span corruption is not an indicator here: it needs T5's sentinels <extra_id_N>, which
 * the tokenizers of Pythia, OLMo and Llama do not have.
 */
import type { HfStudy } from '../recipes/hf/study';
import { defineStudy, grid } from '../src/domain/study';

const variants = grid(
  { mixture: ['web', 'facts', 'code'], lr: [0.00003, 0.0001, 0.0003] },
  ({ mixture, lr }) => ({
    id: `${mixture}-${lr}`,
    objective: 'clm' as const,
    mixture,
    lr,
    train_tokens: 200_000_000,
  }),
);

const sft = { lr: 0.00002, steps: 300, batch: 32, train_items: 4900, test_items: 1000 };

export default defineStudy<HfStudy>({
  kind: 'trained',
  name: 'pythia-sft',
  description:
    'Pythia-410m continued on three mixtures at three learning rates; commonsense, reading and closed-book questions.',
  recipe: 'hf',
  window: 9,
  // The end of its training; the default branch of a model may move, and is refused.
  model: { checkpoint: 'EleutherAI/pythia-410m', revision: 'step143000' },
  settings: { context: 2048, memory: { micro_batch: 8, activation_checkpointing: true } },
  pretrain: {
    batch: 128,
    text: {
      c4: { dataset: 'allenai/c4', config: 'en' },
      wikipedia: { dataset: 'wikimedia/wikipedia', config: '20231101.en' },
      github: { dataset: 'codeparrot/codeparrot-clean', field: 'content' },
    },
  },
  indicate: {
    // Held out: the study trains on C4's training split. Not text of the Pile, on which Pythia was
    // pre-trained.
    development: { dataset: 'allenai/c4', config: 'en', split: 'validation' },
    dev_tokens: 1_048_576,
    items: 1000,
  },
  indicators: {
    inv_ppl_clm: { label: '1/PPL on C4' },
    kshot_openbookqa: {},
    kshot_arc: {},
    kshot_squad: {},
    kshot_nq: {},
  },
  baseline: 'inv_ppl_clm',
  proxies: { 'squad+ppl': { kshot_squad: 1, inv_ppl_clm: 1 } },
  tasks: {
    openbookqa: {
      metric: 'acc',
      indicator: 'kshot_openbookqa',
      harness: ['openbookqa'],
      data: {
        dataset: 'allenai/openbookqa',
        config: 'main',
        prompt: '{{question_stem}}',
        completion: ' {{choices.text[choices.label.index(answerKey)]}}',
      },
      sft,
    },
    arc: {
      label: 'science questions (ARC-Easy)',
      metric: 'acc',
      indicator: 'kshot_arc',
      harness: ['arc_easy'],
      data: {
        dataset: 'allenai/ai2_arc',
        config: 'ARC-Easy',
        prompt: 'Question: {{question}}\nAnswer:',
        completion: ' {{choices.text[choices.label.index(answerKey)]}}',
      },
      // ARC-Easy has 2,251 questions to train on.
      sft: { ...sft, train_items: 2251 },
    },
    squad: {
      label: 'reading (SQuAD)',
      metric: 'exact_match',
      indicator: 'kshot_squad',
      harness: ['squad_reading'],
      shots: 2,
      data: {
        dataset: 'rajpurkar/squad',
        prompt: '{{context}}\nQuestion: {{question}}\nAnswer:',
        completion: ' {{answers.text[0]}}',
      },
      sft,
    },
    nq: {
      label: 'closed-book questions (Natural Questions)',
      metric: 'exact_match',
      indicator: 'kshot_nq',
      harness: ['nq_open'],
      data: {
        dataset: 'google-research-datasets/nq_open',
        // The prompt of the harness, which begins with the task's description even without
        // examples.
        prompt: 'Answer these questions:\n\nQ: {{question}}?\nA:',
        completion: ' {{answer[0]}}',
      },
      sft: { ...sft, recipe: 'lora', lr: 0.0002 },
    },
  },
  mixtures: {
    web: { c4: 0.9, wikipedia: 0.05, github: 0.05 },
    facts: { c4: 0.4, wikipedia: 0.55, github: 0.05 },
    code: { c4: 0.4, wikipedia: 0.05, github: 0.55 },
  },
  variants,
  sft_seeds: [0, 1],
});
