/**
 * A study small enough to be run again and again while everything around it is killed. Its results
 * mean nothing.
 *
 *   npm run chaos -- --rounds 10 --seed 1     ten rounds, about 9 minutes on two slow cores
 *   npx foretune run studies/chaos.ts         undisturbed: about 15 s, or 30 s with nothing compiled
 *
 * Shows that a study ends with every measurement exactly once and the same tables, whatever is
 * killed, slowed or out of space in the meantime (test/chaos).
 */
import * as zeng2025 from '../presets/zeng2025';
import { BASE, type JaxStudy } from '../recipes/jax/study';
import { defineStudy } from '../src/domain/study';

const variant = { mixture: 'even', lr: 0.003, train_tokens: 8192 };

export default defineStudy<JaxStudy>({
  kind: 'trained',
  name: 'chaos',
  recipe: 'jax',
  description: 'Two variants of a minute base, for rounds in which everything around them fails.',
  indicators: zeng2025.indicators,
  baseline: zeng2025.baseline,
  model: { layers: 1, width: 32, heads: 2, context: 96, vocabulary: 512 },
  mixtures: { even: { world: 0.5, prose: 0.5 } },
  base: { ...BASE, objective: ['clm', 'sc'], mixture: 'even', lr: 0.003, train_tokens: 8192 },
  variants: [
    { id: 'clm', objective: 'clm', ...variant },
    { id: 'sc', objective: 'sc', ...variant },
  ],
  indicate: { dev_tokens: 1024, items: 16 },
  tasks: {
    cms: {
      ...zeng2025.tasks.cms,
      sft: { lr: 0.002, steps: 8, batch: 8, train_items: 32, test_items: 32 },
    },
  },
});
