/**
 * The fifty variants of arXiv 2504.12491 (section 3 and Table 6), at a size that two cores can
 * train: seven objectives times five learning rates, five more data mixtures under CLM and PLM,
 * domain tags and length filters. All continue one base, as in the paper, and are fine-tuned on
 * three tasks with two seeds.
 *
 *   npx foretune run studies/tiny-50.ts   35 minutes on two slow cores
 *                                         (other work ran on them for 20 of these minutes)
 *
 * The ids are the paper's, so that each variant can be compared with its row in
 * studies/zeng2025.ts. Mixtures are the paper's weights over the text that is available here
 * (recipes/TEXT.md has the map). Learning rates are the paper's times twelve, since a model of
 * 200,000 weights needs larger steps than one of a billion: the rate of the paper's mixtures and
 * filters, 2.5e-4, becomes 3e-3, for which this trainer was tuned. Base and fine-tuning are the
 * quickstart's, with the base on mixture DC-0.
 *
 * Results: tiny-50/measurements.csv, and LOG.md of 2026-11-26 on which of the paper's claims hold
 * at this size. Perplexity does not mislead here: it orders .64 to .70 of the pairs correctly,
 * since a model this small does not fine-tune well after span corruption.
 */
import * as zeng2025 from '../presets/zeng2025';
import type { JaxStudy, Objective } from '../recipes/jax/study';
import { defineStudy, grid } from '../src/domain/study';
import { base, tasks } from './quickstart';

/** Twelve times 1e-4, 2.5e-4, 5e-4, 7.5e-4 and 1e-3. */
const RATES = [1.2e-3, 3e-3, 6e-3, 9e-3, 12e-3] as const;
const RATE = RATES[1];
const OBJECTIVES = ['clm', 'sc', 'plm', 'sc+clm', 'ul2', 'ul2r', 'ul2r+clm'] as const;

/** CommonCrawl, C4, GitHub, books, ArXiv, Wikipedia, StackExchange, in percent. */
const MIXTURES = {
  'dc-0': [52.2, 26.7, 5.2, 4.2, 4.6, 3.8, 3.3],
  'dc-1': [100, 0, 0, 0, 0, 0, 0],
  'dc-2': [90.9, 0, 9.1, 0, 0, 0, 0],
  'dc-3': [75.8, 0, 24.2, 0, 0, 0, 0],
  'dc-4': [75.8, 0, 0, 0, 0, 24.2, 0],
  'dc-5': [75.8, 0, 9.1, 7.9, 0, 7.3, 0],
} as const;
const DOMAINS = ['web', 'news', 'code', 'prose', 'docs', 'encyclopedia', 'questions'] as const;

/** The paper's percentages, which sum to 100.1 in DC-5, as weights. */
function weights(percents: readonly number[]): Record<string, number> {
  const tenths = percents.map((percent) => Math.round(percent * 10));
  const total = tenths.reduce((sum, one) => sum + one, 0);
  const pairs = DOMAINS.map((domain, i) => [domain, (tenths[i] ?? 0) / total] as const);
  return Object.fromEntries(pairs.filter(([, weight]) => weight > 0));
}

const variant = (objective: Objective, mixture: keyof typeof MIXTURES, lr: number) => ({
  objective,
  mixture,
  lr,
  train_tokens: 500_000,
});

const rates = grid({ objective: OBJECTIVES, lr: RATES }, ({ objective, lr }) =>
  variant(objective, 'dc-0', lr),
);
const mixtures = grid(
  { objective: ['clm', 'plm'], mixture: ['dc-1', 'dc-2', 'dc-3', 'dc-4', 'dc-5'] },
  ({ objective, mixture }) => variant(objective, mixture, RATE),
);
const filters = [
  { length_filter: '25-75' },
  { length_filter: '75-100' },
  { tag: true },
  { tag: true, length_filter: '25-75' },
  { tag: true, length_filter: '75-100' },
].map((filter) => ({ ...variant('clm', 'dc-0', RATE), ...filter }));

export default defineStudy<JaxStudy>({
  kind: 'trained',
  name: 'tiny-50',
  recipe: 'jax',
  description:
    "The paper's fifty variants, small: seven objectives, five learning rates, six data mixtures, domain tags and length filters, continued from one base.",
  tasks,
  indicators: zeng2025.indicators,
  proxies: zeng2025.proxies,
  baseline: zeng2025.baseline,
  window: 4,
  mixtures: Object.fromEntries(
    Object.entries(MIXTURES).map(([name, percents]) => [name, weights(percents)]),
  ),
  base: { ...base, mixture: 'dc-0' },
  variants: [...rates, ...mixtures, ...filters].map((one, i) => ({ id: String(i + 1), ...one })),
  sft_seeds: [0, 1],
});
