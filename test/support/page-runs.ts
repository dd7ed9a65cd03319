/**
 * The blocks of pages that run from end to end, and where. All others are compiled, parsed or asked
 * of the command line (test/docs/blocks.test.ts): they need hours, GPUs, a cluster or a network.
 */
import { blocksOf, type Block } from './markdown';

export interface PageRun {
  readonly page: string;
  /** The first line of the block. */
  readonly begins: string;
  /** The suite that runs it. */
  readonly by: string;
}

const DOCS = 'test/e2e/docs.test.ts';

export const PAGE_RUNS: readonly PageRun[] = [
  { page: 'README.md', begins: 'npx foretune run examples/own-table/study.ts', by: DOCS },
  {
    page: 'docs/how-to/import-your-own-table.md',
    begins: 'npx foretune run examples/own-table/study.ts',
    by: DOCS,
  },
  { page: 'docs/how-to/use-your-own-trainer.md', begins: 'npx foretune recipes own', by: DOCS },
  {
    page: 'docs/how-to/write-your-own-predictor.md',
    begins: 'npx foretune run examples/own-table/study.ts',
    by: DOCS,
  },
  { page: 'README.md', begins: 'npm start', by: '.ci/run' },
  {
    page: 'docs/how-to/read-the-tables.md',
    begins: 'eval "$(npx foretune env)"',
    by: 'test/e2e/study.test.ts',
  },
];

export function blockOf({ page, begins }: PageRun): Block {
  const block = blocksOf(page).find(({ text }) => text.startsWith(begins));
  if (block) return block;
  throw new Error(`${page} has no block that begins with: ${begins}`);
}
