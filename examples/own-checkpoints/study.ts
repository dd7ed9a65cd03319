/**
 * Three checkpoints that exist already, as folders: nothing is pre-trained. They are measured, fine-tuned and compared.
 *
 *   npx foretune run examples/own-checkpoints/study.ts     about 30 seconds on two cores; again: all runs are reused
 *
 * A folder is known by its content: it may be moved, and a changed byte makes it another checkpoint, which is refused
 * under the same name. `config` says what is known of each: features, groups and baselines. The models were made by
 * make-models.ts.
 */
import { defineStudy } from 'foretune';
import type { JaxStudy } from 'foretune/recipes/jax';
import { model, tasks } from './make-models';

export default defineStudy<JaxStudy>({
  kind: 'trained',
  name: 'own-checkpoints',
  description: 'Three small models, registered as folders, that read different shares of facts.',
  recipe: 'jax',
  model,
  tasks,
  indicators: {
    inv_ppl_clm: { label: '1/PPL, causal LM' },
    kshot_cbqa: { label: 'closed-book questions, k-shot' },
  },
  baseline: 'inv_ppl_clm',
  variants: [
    { id: 'facts', checkpoint: 'models/facts', config: { tokens: 1e5, facts: 1 } },
    { id: 'even', checkpoint: 'models/even', config: { tokens: 1e5, facts: 0.5 } },
    { id: 'books', checkpoint: 'models/books', config: { tokens: 1e5, facts: 0.1 } },
  ],
  indicate: { dev_tokens: 2048, items: 64 },
});
