/**
 * The cost of the orchestration itself: every stage passes through the plan, Temporal, the cluster
 * and the dataset of record, and its recipe (recipes/noop) trains nothing.
 *
 *   npx foretune run studies/noop.ts                   50 variants of 8 stages, in sequence
 *   npx foretune run studies/noop.ts --variants 10000  of 4 stages: one task instead of three
 *
 * Above a thousand variants the study has one task, since such a study tests how many variants are
 * possible. bench/orchestration compares it with other systems.
 */
import * as zeng2025 from '../presets/zeng2025';
import type { Study } from '../src/domain/schema';
import { defineStudy, type StudyOptions } from '../src/domain/study';

const SFT = { lr: 0.001, steps: 1, batch: 1, train_items: 1, test_items: 1 };
const TASKS = {
  cms: { ...zeng2025.tasks.cms, sft: SFT },
  rag: { ...zeng2025.tasks.rag, sft: SFT },
  cbqa: { ...zeng2025.tasks.cbqa, sft: SFT },
};
const MOST_WITH_ALL_TASKS = 1000;

export default ({ variants = 50 }: StudyOptions): Study =>
  defineStudy({
    kind: 'trained',
    name: `noop-${variants}`,
    description: `${variants} variants whose recipe trains nothing: their numbers mean nothing.`,
    recipe: 'noop',
    window: 50,
    indicators: zeng2025.indicators,
    baseline: zeng2025.baseline,
    tasks: variants > MOST_WITH_ALL_TASKS ? { cbqa: TASKS.cbqa } : TASKS,
    mixtures: { even: { world: 0.5, prose: 0.5 } },
    variants: Array.from({ length: variants }, (_, i) => ({
      id: `v${i}`,
      objective: 'clm',
      mixture: 'even',
      lr: 0.001 * (1 + i / variants),
      train_tokens: 1000,
    })),
  });
