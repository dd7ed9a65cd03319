/**
 * Makes the three folders of models/: three short training runs, whose weights were copied there.
 *
 *   npx foretune run examples/own-checkpoints/make-models.ts       about a minute on two cores
 */
import { defineStudy } from 'foretune';
import { BASE, type JaxStudy } from 'foretune/recipes/jax';

export const model = { layers: 1, width: 32, heads: 2, context: 96, vocabulary: 512 };

export const tasks = {
  cbqa: {
    label: 'closed-book questions',
    metric: 'accuracy',
    indicator: 'kshot_cbqa',
    sft: { lr: 0.002, steps: 20, batch: 16, train_items: 128, test_items: 64 },
  },
};

const training = { ...BASE, lr: 0.005, train_tokens: 100_000 };

export default defineStudy<JaxStudy>({
  kind: 'trained',
  name: 'make-models',
  recipe: 'jax',
  model,
  tasks,
  mixtures: {
    facts: { world: 1 },
    even: { world: 0.5, prose: 0.25, code: 0.25 },
    books: { world: 0.1, prose: 0.5, code: 0.4 },
  },
  variants: [
    { id: 'facts', objective: 'clm', mixture: 'facts', ...training },
    { id: 'even', objective: 'clm', mixture: 'even', ...training },
    { id: 'books', objective: 'clm', mixture: 'books', ...training },
  ],
  indicate: { dev_tokens: 2048, items: 64 },
});
