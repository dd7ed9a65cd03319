/**
 * Your own trainer (train.py) in pre-training, indicators, fine-tuning, evaluation, fit and report.
 *
 *   npx foretune recipes own                          what the trainer knows
 *   npx foretune run examples/own-trainer/study.ts    about 15 seconds
 *
 * The trainer is registered in temporal.config.ts by a name and a command. Its task, indicator and
 * SFT recipe are declared in its manifest; nothing else in foretune knows them.
 */
import { defineStudy, grid } from 'foretune';

export default defineStudy({
  kind: 'trained',
  name: 'own-trainer',
  description: 'Variants that learn riddles at different rates.',
  recipe: 'own',
  tasks: {
    riddles: { metric: 'solved', better: 'higher', sft: { recipe: 'rehearsal', rate: 0.02 } },
  },
  indicators: { riddle_loss: { better: 'lower', label: 'loss on riddles' } },
  baseline: 'riddle_loss',
  variants: grid({ rate: [0.005, 0.01, 0.02, 0.04] }, ({ rate }) => ({ id: `rate-${rate}`, rate })),
});
