/**
 * Do a study's variants differ by more than chance? Compares the spread of outcomes between variants
 * with the spread between seeds of one variant, for each task.
 *
 *     for s in 0 1 2; do npx foretune run studies/quickstart.ts --seed $s; done
 *     npx tsx bench/signal.ts quickstart@1 quickstart-seed1@1 quickstart-seed2@1
 */
import { openDataset } from '../src/dataset/log';
import type { Row } from '../src/dataset/tables';
import { formatTable } from '../src/cli/output';
import { openStore } from '../src/stack/open-store';
import { startStack } from '../src/stack/stack';
import { loadConfig } from '../temporal.config';

/** Of an answer drawn at random: four options, or sixteen values of a fact. */
const CHANCE: Readonly<Record<string, number>> = { cms: 1 / 4, rag: 1 / 16, cbqa: 1 / 16 };

async function main(studies: readonly string[]): Promise<void> {
  const config = loadConfig();
  const store = await openStore(config, await startStack(config, console.error));
  const dataset = openDataset(store);
  const reads = studies.map((study) => dataset.read('outcomes', { study }));
  const rows = (await Promise.all(reads)).flat();
  const lines = Object.keys(CHANCE).map((task) => signal(rows, task));
  console.log(formatTable(HEAD, lines));
}

const HEAD = ['task', 'seeds', 'SD of variants', 'SD of seeds', 'ratio', 'best', 'SE above chance'];

/**
 * Variants by the mean over their seeds; seeds by the pooled spread around that mean. The best variant
 * is held against the standard error of one run, as if its seeds were one.
 */
function signal(all: readonly Row<'outcomes'>[], task: string): string[] {
  const rows = all.filter((row) => row.task === task);
  const ids = [...new Set(rows.map((row) => row.variant_id))];
  const values = ids.map((id) => rows.filter((row) => row.variant_id === id).map((r) => r.value));
  const between = Math.sqrt(variance(values.map(mean)));
  const within = Math.sqrt(mean(values.map(variance)));
  const best = Math.max(...values.map(mean));
  const above = (best - (CHANCE[task] ?? 0)) / mean(rows.map(({ stderr }) => stderr ?? NaN));
  const numbers = [between, within, between / within, best, above];
  return [task, String(values[0]?.length ?? 0), ...numbers.map((number) => number.toPrecision(3))];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function variance(values: readonly number[]): number {
  const centre = mean(values);
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1);
}

void main(process.argv.slice(2));
