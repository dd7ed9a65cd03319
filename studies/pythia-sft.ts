/**
 * Pythia-410m, continued on nine mixtures and learning rates, then fine-tuned on real sets: what the
 * indicators say of real models. It needs a GPU, the network, and: node infra/setup.mjs --hf
 *
 *   npx foretune run studies/pythia-sft.ts --dry-run      anywhere, without a network
 *   FORETUNE_HF_DATA=studies/pythia-sft npx foretune run studies/pythia-sft.ts --cluster <yours>
 *
 * Expected cost, by arithmetic and not measured: 9 GPU-hours of an H100. 6 x 405M weights x 200M tokens is
 * 4.9e17 FLOPs a variant, 20 minutes at 40% of the card; its indicators 10 minutes; its six fine-tunings with
 * their evaluations 5 minutes each. It takes 24 GB of the card, 3 GB of text from the hub, and 100 GB of disk
 * (63 checkpoints in float32).
 *
 * Four of the five indicators exist here: 1/PPL of span corruption needs T5's sentinels <extra_id_N>, which the
 * tokenizers of Pythia, OLMo and Llama lack. Proxies that need it (mean_of_5, sc+rag, sc+rag-clm) have no value.
 */
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

export default defineStudy({
  kind: 'trained',
  name: 'pythia-sft',
  description:
    'Pythia-410m continued on three mixtures at three learning rates; commonsense, reading and closed-book questions.',
  recipe: 'hf',
  tasks: ['cms', 'rag', 'cbqa'],
  window: 9,
  hugging_face: {
    checkpoint: 'EleutherAI/pythia-410m',
    revision: 'main',
    context: 2048,
    batch: 128,
    text: {
      web: { dataset: 'allenai/c4', config: 'en' },
      encyclopedia: { dataset: 'wikimedia/wikipedia', config: '20231101.en' },
      code: { dataset: 'codeparrot/codeparrot-clean', field: 'content' },
    },
    // Held out: the study reads C4's training split. Not text of the Pile, which Pythia was pre-trained on.
    development: { dataset: 'allenai/c4', config: 'en', split: 'validation' },
    tasks: {
      cms: {
        harness: ['openbookqa'],
        data: {
          dataset: 'allenai/openbookqa',
          config: 'main',
          prompt: '{{question_stem}}',
          completion: ' {{choices.text[choices.label.index(answerKey)]}}',
        },
      },
      rag: {
        harness: ['squad_reading'],
        metric: 'exact_match',
        shots: 2,
        data: {
          dataset: 'rajpurkar/squad',
          prompt: '{{context}}\nQuestion: {{question}}\nAnswer:',
          completion: ' {{answers.text[0]}}',
        },
      },
      cbqa: {
        harness: ['nq_open'],
        metric: 'exact_match',
        data: {
          dataset: 'google-research-datasets/nq_open',
          // As the harness asks it, whose description of the task stands there without examples too.
          prompt: 'Answer these questions:\n\nQ: {{question}}?\nA:',
          completion: ' {{answer[0]}}',
        },
      },
    },
    memory: { micro_batch: 8, activation_checkpointing: true },
  },
  mixtures: {
    web: { web: 0.9, encyclopedia: 0.05, code: 0.05 },
    facts: { web: 0.4, encyclopedia: 0.55, code: 0.05 },
    code: { web: 0.4, encyclopedia: 0.05, code: 0.55 },
  },
  variants,
  indicate: { dev_tokens: 1_048_576, items: 1000 },
  sft: {
    cms: sft,
    rag: sft,
    cbqa: { ...sft, recipe: 'lora', lr: 0.0002 },
  },
  sft_seeds: [0, 1],
});
