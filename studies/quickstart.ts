/**
 * A study that really trains, in minutes on two cores: eight variants of one small base,
 * pre-trained, fine-tuned and evaluated.
 *
 *   npm start, or: npx foretune run studies/quickstart.ts
 *
 * The base was trained on every format (every objective), with much text about one half of an
 * invented world and little about the other. Each variant continues with one objective and one
 * mixture, whose world text is mostly about that other half.
 */
import * as zeng2025 from '../presets/zeng2025';
import { BASE, type JaxStudy } from '../recipes/jax/study';
import { defineStudy, grid } from '../src/domain/study';

const variants = grid(
  { objective: ['clm', 'plm', 'sc', 'sc+clm'], mixture: ['facts', 'books'] },
  ({ objective, mixture }) => ({
    id: `${objective}-${mixture}`,
    objective,
    mixture,
    lr: 0.005,
    train_tokens: 272_000,
  }),
);

export const tasks = {
  cms: {
    ...zeng2025.tasks.cms,
    sft: { lr: 0.002, steps: 25, batch: 32, train_items: 1024, test_items: 512 },
  },
  rag: {
    ...zeng2025.tasks.rag,
    sft: { lr: 0.001, steps: 25, batch: 32, train_items: 800, test_items: 512 },
  },
  cbqa: {
    ...zeng2025.tasks.cbqa,
    sft: { lr: 0.002, steps: 25, batch: 32, train_items: 256, test_items: 192 },
  },
};

export const base = {
  ...BASE,
  objective: ['clm', 'plm', 'sc'],
  mixture: 'all',
  lr: 0.008,
  train_tokens: 2_100_000,
} satisfies JaxStudy['base'];

export default defineStudy<JaxStudy>({
  kind: 'trained',
  name: 'quickstart',
  description:
    'Four objectives times two data mixtures, continued from one base of 197,000 parameters; three tasks about an invented world.',
  recipe: 'jax',
  // Of ten bases this short, one does not learn to answer questions about kinds, and then no
  // variant does: that of seed 0 on two threads is one (LOG.md, 2026-12-01). This is why the seed
  // is 1.
  seed: 1,
  tasks,
  indicators: zeng2025.indicators,
  proxies: zeng2025.proxies,
  baseline: zeng2025.baseline,
  window: 4,
  mixtures: {
    all: { world: 0.79, prose: 0.07, code: 0.07, glosses: 0.07 },
    facts: { world: 0.82, prose: 0.06, code: 0.06, glosses: 0.06 },
    books: { world: 0.1, prose: 0.3, code: 0.3, glosses: 0.3 },
  },
  base,
  variants,
  indicate: { items: 384 },
});
