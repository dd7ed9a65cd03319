/**
 * How foretune scales with the number of variants: throughput, memory of the worker, length of
 * histories.
 */
import { Bench } from './stack';

export interface ScaleRow {
  readonly variants: number;
  readonly steps: number;
  readonly seconds: number;
  readonly steps_per_second: number;
  /** The worker's peak resident memory so far. */
  readonly worker_mb: number;
  readonly largest_history_events: number;
  readonly largest_history_kb: number;
  readonly plan_seconds: number;
}

/** Uses one stack for all sizes, from the smallest to the largest. */
export async function measureScale(sizes: readonly number[]): Promise<ScaleRow[]> {
  const bench = await Bench.open();
  try {
    const rows: ScaleRow[] = [];
    for (const variants of [...sizes].sort((a, b) => a - b)) {
      rows.push(await measure(bench, variants));
      console.error(JSON.stringify(rows.at(-1)));
    }
    return rows;
  } finally {
    await bench.close();
  }
}

async function measure(bench: Bench, variants: number): Promise<ScaleRow> {
  const { study, seconds } = await bench.runStudy(variants);
  const worker_mb = bench.workerMemory();
  const histories = await largestHistories(bench, study);
  // The same number of stages as in studies/noop.ts.
  const steps = variants * (variants > 1000 ? 4 : 8);
  const plan_seconds = await bench.secondsOfPlan(study);
  return {
    variants,
    steps,
    seconds,
    steps_per_second: steps / seconds,
    worker_mb,
    ...histories,
    plan_seconds,
  };
}

async function largestHistories({ client }: Bench, study: string) {
  let [events, bytes] = [0, 0];
  for await (const run of client.workflow.list({ query: `ForetuneStudy = "${study}"` })) {
    events = Math.max(events, run.historyLength);
    bytes = Math.max(bytes, run.historySize ?? 0);
  }
  return { largest_history_events: events, largest_history_kb: bytes / 1024 };
}
