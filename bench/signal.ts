/**
 * Do variants differ by more than chance? Compares the spread of outcomes between variants with the
 * spread among replicates of one variant: variants of the same configuration, in one or more
 * studies.
 *
 *     npx foretune run studies/replicates.ts
 *     npx tsx bench/signal.ts replicates@1
 */
import { openDataset } from '../src/dataset/log';
import type { Row } from '../src/dataset/tables';
import { formatTable } from '../src/cli/words/output';
import { openStore } from '../src/stack/open-store';
import { startStack } from '../src/stack/stack';
import { loadConfig } from '../src/config';

/** Accuracy of random answers: four options, or sixteen values of a fact. */
const CHANCE: Readonly<Record<string, number>> = { cms: 1 / 4, rag: 1 / 16, cbqa: 1 / 16 };

async function main(studies: readonly string[]): Promise<void> {
  const config = loadConfig();
  const store = await openStore(config, await startStack(config, console.error));
  const dataset = openDataset(store);
  const read = async <T extends 'outcomes' | 'variants'>(table: T): Promise<Row<T>[]> =>
    (await Promise.all(studies.map((study) => dataset.read(table, { study })))).flat();
  const groups = replicates(await read('variants'), await read('outcomes'));
  console.log(
    formatTable(
      HEAD,
      Object.keys(CHANCE).map((task) => signal(groups, task)),
    ),
  );
}

/** Outcomes of variants with the same configuration. */
function replicates(
  variants: readonly Row<'variants'>[],
  outcomes: readonly Row<'outcomes'>[],
): Row<'outcomes'>[][] {
  const groups = new Map<string, Row<'outcomes'>[]>();
  for (const { study, variant_id, config_json } of variants) {
    const its = outcomes.filter((row) => row.study === study && row.variant_id === variant_id);
    const { seed: _seed, ...configuration } = JSON.parse(config_json) as Record<string, unknown>;
    const key = JSON.stringify(configuration);
    groups.set(key, [...(groups.get(key) ?? []), ...its]);
  }
  return [...groups.values()].filter((group) => group.length > 0);
}

const HEAD = ['task', 'replicates', 'SD between', 'SD within', 'ratio', 'best', 'SE above chance'];

/**
 * Variants by the mean over their replicates; replicates by the pooled spread around that mean. The
 * best variant is compared with the standard error of a single run, as if its replicates were one
 * run.
 */
function signal(groups: readonly (readonly Row<'outcomes'>[])[], task: string): string[] {
  const rows = groups.map((group) => group.filter((row) => row.task === task));
  const values = rows.map((group) => group.map(({ value }) => value));
  const between = Math.sqrt(variance(values.map(mean)));
  const within = Math.sqrt(mean(values.map(variance)));
  const best = Math.max(...values.map(mean));
  const stderr = mean(rows.flat().map((row) => row.stderr ?? NaN));
  const above = (best - (CHANCE[task] ?? 0)) / stderr;
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
