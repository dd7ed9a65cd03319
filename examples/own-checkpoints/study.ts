/**
 * Three checkpoints that exist already, as folders: nothing is pre-trained. They are measured,
 * fine-tuned and compared.
 *
 *   npx foretune run examples/own-checkpoints/study.ts     about 30 seconds on two cores
 *
 * Run it again, and all runs are reused. A folder is identified by its content: it may be moved. If
 * a byte of it changes, it is another checkpoint, which is refused under the same name. `config`
 * has what is known of each: features, groups and baselines. make-models.ts made the models.
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
