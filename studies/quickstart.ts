/**
 * A study that really runs, in minutes, on two cores: eight variants of one small base, pre-trained,
 * fine-tuned and evaluated.
 *
 *   npm start, or: npx foretune run studies/quickstart.ts
 *
 * The base has read every format (every objective), and much about one half of an invented world but
 * little about the other. Each variant goes on with one objective and one mixture, whose world text is
 * mostly about that other half.
 */
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

export default defineStudy({
  kind: 'trained',
  name: 'quickstart',
  description:
    'Four objectives times two data mixtures, continued from one base of 197,000 parameters; three tasks about an invented world.',
  tasks: ['cms', 'rag', 'cbqa'],
  window: 4,
  mixtures: {
    all: { world: 0.79, prose: 0.07, code: 0.07, glosses: 0.07 },
    facts: { world: 0.82, prose: 0.06, code: 0.06, glosses: 0.06 },
    books: { world: 0.1, prose: 0.3, code: 0.3, glosses: 0.3 },
  },
  base: {
    objectives: ['clm', 'plm', 'sc'],
    mixture: 'all',
    lr: 0.008,
    train_tokens: 2_100_000,
  },
  variants,
  indicate: { items: 384 },
  sft: {
    cms: { lr: 0.002, steps: 25, batch: 32, train_items: 1024, test_items: 512 },
    rag: { lr: 0.001, steps: 25, batch: 32, train_items: 800, test_items: 512 },
    cbqa: { lr: 0.002, steps: 25, batch: 32, train_items: 256, test_items: 192 },
  },
});
