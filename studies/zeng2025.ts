/**
 * The measurements published with the paper that foretune is based on: 50 variants of one
 * 1B-parameter model, each with five indicators and three outcomes after supervised fine-tuning.
 *
 *   npx foretune run studies/zeng2025.ts        seconds; nothing is trained
 *
 * Source: zeng2025/table6.csv is Table 6 of Hansi Zeng et al., "Can Pre-training Indicators
 * Reliably Predict Fine-tuning Outcomes of LLMs?", arXiv 2504.12491 (2025), licensed under CC BY
 * 4.0, transcribed unchanged. `inv_ppl_clm` and `inv_ppl_sc` are published as inverse perplexities,
 * the other scores as percentages; higher is better everywhere.
 *
 * Known defects, kept as published: variant 4 has a CBQA outcome of 0.15 and a k-shot CBQA of 0.121
 * (a failed run, or a fraction among percentages); the k-shot scores of variant 38 collapsed;
 * variants 46 and 49, and 47 and 50, are equal in every number.
 *
 * Result (accuracy over all 1,225 pairs, CMS / RAG / CBQA): perplexity .324 / .381 / .348, worse
 * than chance; k-shot RAG .693 / .765 / .709; span-corruption perplexity + k-shot RAG .741 / .696 /
 * .649.
 */
import * as zeng2025 from '../presets/zeng2025';
import { defineStudy } from '../src/domain/study';

export default defineStudy({
  kind: 'imported',
  name: 'zeng2025',
  description:
    'Fifty continued pre-trainings of one 1B-parameter model that differ in objective, data mixture, learning rate, domain tag and length filter, as published.',
  citation:
    'Hansi Zeng et al., "Can Pre-training Indicators Reliably Predict Fine-tuning Outcomes of LLMs?", arXiv 2504.12491 (2025), Table 6, CC BY 4.0',
  tasks: zeng2025.tasks,
  indicators: zeng2025.indicators,
  proxies: zeng2025.proxies,
  baseline: zeng2025.baseline,
  table: 'zeng2025/table6.csv',
  columns: {
    variant_id: 'id',
    config: {
      objective: 'objective',
      mixture: 'dc',
      lr: 'lr',
      tag: 'tag',
      length_filter: 'lenfilter',
    },
    indicators: {
      inv_ppl_clm: 'inv_ppl_clm',
      inv_ppl_sc: 'inv_ppl_sc',
      kshot_cms: 'k_cms',
      kshot_rag: 'k_rag',
      kshot_cbqa: 'k_cbqa',
    },
    outcomes: { cms: 'sft_cms', rag: 'sft_rag', cbqa: 'sft_cbqa' },
  },
});
