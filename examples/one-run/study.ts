/**
 * Which checkpoint of this run? Two training runs, and every fortieth step of each is a variant.
 *
 *   npx foretune run examples/one-run/study.ts     about a minute on two cores
 *
 * `checkpoints: { every: 40 }` turns the run `facts` into the variants `facts-40`, `facts-80` and
 * so on. They need no training of their own, and each is measured, fine-tuned and compared like any
 * other variant. Their configuration has `training_run` and `step`.
 */
import { defineStudy } from 'foretune';
import { BASE, type JaxStudy } from 'foretune/recipes/jax';

const training = { ...BASE, lr: 0.005, train_tokens: 250_000, checkpoints: { every: 40 } };

export default defineStudy<JaxStudy>({
  kind: 'trained',
  name: 'one-run',
  description: 'Checkpoints of two short training runs that read different shares of facts.',
  recipe: 'jax',
  model: { layers: 1, width: 32, heads: 2, context: 64, vocabulary: 512 },
  mixtures: { facts: { world: 1 }, even: { world: 0.5, prose: 0.25, code: 0.25 } },
  tasks: {
    cbqa: {
      label: 'closed-book questions',
      metric: 'accuracy',
      indicator: 'kshot_cbqa',
      sft: { lr: 0.002, steps: 20, batch: 16, train_items: 128, test_items: 64 },
    },
  },
  indicators: {
    inv_ppl_clm: { label: '1/PPL, causal LM' },
    kshot_cbqa: { label: 'closed-book questions, k-shot' },
  },
  baseline: 'inv_ppl_clm',
  proxies: { 'ppl+kshot': { inv_ppl_clm: 1, kshot_cbqa: 1 } },
  variants: [
    { id: 'facts', objective: 'clm', mixture: 'facts', ...training },
    { id: 'even', objective: 'clm', mixture: 'even', ...training },
  ],
  indicate: { dev_tokens: 2048, items: 64 },
});
