/**
 * A team's own table: fourteen models, some of which are fine-tuned. Which of the others should be
 * next?
 *
 *   npx foretune run examples/own-table/study.ts                    seconds; nothing is trained
 *   npx foretune recommend own-table --task gsm8k                   ranks all fourteen
 *   npx foretune compare own-table/code-20b-12 own-table/code-40b-04 --task ifeval
 *
 * models.csv has one row per model. An empty cell is a number that is not known yet: four models
 * were not fine-tuned for GSM8K, four were not evaluated on IFEval, and one has no MBPP score. The
 * numbers are invented.
 */
import { defineStudy } from 'foretune';

export default defineStudy({
  kind: 'imported',
  name: 'own-table',
  description: 'Fourteen models of one family, of which ten are fine-tuned for GSM8K.',
  tasks: {
    gsm8k: { label: 'GSM8K', metric: 'exact_match' },
    ifeval: { label: 'IFEval', metric: 'prompt_level_acc' },
  },
  indicators: {
    mmlu: { label: 'MMLU, 0-shot' },
    mbpp: { label: 'MBPP, 3-shot' },
    gsm8k_8shot: { label: 'GSM8K, 8-shot, before fine-tuning' },
    val_loss: { better: 'lower', label: 'validation loss' },
  },
  baseline: 'val_loss',
  proxies: { 'mmlu+mbpp': { mmlu: 1, mbpp: 1 } },
  table: 'models.csv',
  columns: {
    variant_id: 'model',
    config: {
      data: 'data',
      lr: 'lr',
      tokens: 'tokens_b',
      deduplicated: 'deduplicated',
      'weights.web': 'share_web',
      'weights.other': 'share_other',
    },
    indicators: {
      mmlu: 'mmlu_0shot',
      mbpp: 'mbpp_3shot',
      gsm8k_8shot: 'gsm8k_8shot',
      val_loss: 'eval/loss',
    },
    outcomes: {
      gsm8k: { value: 'gsm8k_sft', stderr: 'gsm8k_se', sft_recipe: 'lora' },
      ifeval: { value: 'ifeval_sft', sft_recipe: 'lora' },
    },
  },
});
