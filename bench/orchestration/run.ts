/**
 * Compares the cost of orchestration with other systems, in one run on one machine:
 *
 *   npm run bench:orchestration                       # 50 variants x 8 stages; about ten minutes, most of it the peers'
 *   npm run bench:orchestration -- --only foretune,temporal -o json
 *   npm run bench:orchestration -- --scale 100,1000   # foretune alone: how it grows with the variants
 *
 * `ratio` is relative to the bare Temporal program: the same number of no-op activities on the same
 * server. The clock of each system stops when all steps are on its record. foretune's fit and
 * report come after that and have no counterpart in the other systems; their time is printed on
 * standard error.
 * The first run installs the peers into the state folder, about 500 MB.
 */
import { parseArgs } from 'node:util';
import { formatTable } from '../../src/cli/words/output';
import { runPeer, PEERS } from './peers';
import { measureScale } from './scale';
import { Bench } from './stack';

const VARIANTS = 50;
const STAGES = 8;
/**
 * Systems that start a process per step run fewer variants: the comparison is by steps per second.
 */
const FEWER: Partial<Record<string, number>> = { dagster: 3, metaflow: 10 };
const OURS = ['foretune', 'temporal'] as const;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: [...OURS, ...PEERS].join(',') },
      scale: { type: 'string' },
      output: { type: 'string', short: 'o', default: 'text' },
    },
  });
  const sizes = values.scale?.split(',').map(Number);
  const rows = await (sizes ? measureScale(sizes) : sideBySide(values.only.split(',')));
  if (values.output === 'json') return console.log(JSON.stringify(rows, null, 2));
  const head = Object.keys(rows[0] ?? {});
  console.log(
    formatTable(
      head,
      rows.map((row) => Object.values(row).map(show)),
    ),
  );
}

async function sideBySide(systems: readonly string[]) {
  const seconds = new Map<string, number>();
  const bench = await Bench.open();
  try {
    // The first study after the start fills caches that the bare program does not have.
    if (systems.includes('foretune')) {
      await bench.runStudy(2);
      const study = await bench.runStudy(VARIANTS);
      seconds.set('foretune', study.seconds);
      console.error(`foretune, with fit and report: ${study.whole.toFixed(1)} s`);
    }
    seconds.set('temporal', await bench.runBare(VARIANTS, STAGES));
  } finally {
    await bench.close();
  }
  for (const peer of PEERS.filter((name) => systems.includes(name)))
    seconds.set(peer, await runPeer(peer, variantsOf(peer), STAGES));
  const bare = (VARIANTS * STAGES) / (seconds.get('temporal') ?? NaN);
  return [...seconds].map(([system, its]) => {
    const steps = variantsOf(system) * STAGES;
    const steps_per_second = steps / its;
    return { system, steps, seconds: its, steps_per_second, ratio: steps_per_second / bare };
  });
}

function variantsOf(system: string): number {
  return FEWER[system] ?? VARIANTS;
}

function show(value: unknown): string {
  return typeof value === 'number' && !Number.isInteger(value) ? value.toFixed(2) : String(value);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
