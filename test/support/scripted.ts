/**
 * A workplace whose studies train nothing, and whose runs follow the orders of a test
 * (scripted_recipe.py).
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openDataset } from '../../src/dataset/log';
import type { StudyInput } from '../../src/domain/schema';
import { unprobedStore } from '../../src/stack/open-store';
import { endpointsOf } from '../../src/stack/stack';
import { loadConfig, type Config } from '../../src/config';
import { cleanEnvironment, openWorkplace, type Running, type Workplace } from './cli';
import { until } from './jobs';
import { ownClone } from './own-clone';

const NOOP = "path.join(ROOT, 'recipes', 'noop', 'noop.py')";
const SCRIPTED = "path.join(ROOT, 'test', 'fixtures', 'recipes', 'scripted_recipe.py')";
/** A job that waits keeps its slot. */
const SLOTS = 'slots: Math.max(1, Math.min(os.availableParallelism(), 8))';

const SFT = { lr: 0.001, steps: 1, batch: 1, train_items: 1, test_items: 1 };

type Trained = Extract<StudyInput, { readonly kind: 'trained' }>;
type Order = 'wait' | 'fail' | 'no-memory';
/** `<variant>.<stage>` */
type Of = `${string}.${string}`;

/** How often a run was really begun, and carried out to success. */
export interface Seen {
  readonly starts: number;
  readonly ends: number;
}

export const ONCE: Seen = { starts: 1, ends: 1 };
/** Of a variant: pretrain, indicate, sft and evaluate. */
export const FOUR_ONCE = Array<Seen>(4).fill(ONCE);

export interface ScriptedWorkplace extends Workplace {
  /** For what a test looks at beside the command line; once the servers are up. */
  readonly config: Config;
  /**
   * Writes a study file and gives its path; its variants are named here, and no other study has
   * them.
   */
  study(name: string, variants: readonly string[], changes?: Partial<Trained>): string;
  /** What becomes of runs from now on. */
  order(order: Order, ...runs: Of[]): void;
  /** They just run, those that wait included. */
  letGo(...runs: Of[]): void;
  /** Resolves when a run was begun so often. */
  begun(run: string, client: Running, times?: number): Promise<void>;
  /** Resolves when a run of a study (`name@1`) is on record as this. */
  recorded(study: string, run: string, status: string): Promise<void>;
  /** By the recipe's own word, which the product does not read. */
  seen(run: string): Seen;
  /** All runs of a variant that were begun, and how often each. */
  seenOf(variant: string): readonly Seen[];
  /** How often each of them was carried out to success. */
  successes(variant: string): readonly number[];
}

export async function openScriptedWorkplace(): Promise<ScriptedWorkplace> {
  const clone = ownClone([NOOP, SCRIPTED], [SLOTS, 'slots: 8']);
  const workplace = await openWorkplace(clone.folder);
  const { stateDir } = workplace;
  const orders = path.join(stateDir, 'orders');
  mkdirSync(orders);
  const config = () => loadConfig({ ...cleanEnvironment(), FORETUNE_STATE_DIR: stateDir });
  const seen = (run: string) => count(notes(stateDir).filter((note) => note.run === run));
  const seenOf = (variant: string) => {
    const runs = notes(stateDir).flatMap(({ run }) => (run.startsWith(`${variant}/`) ? run : []));
    return [...new Set(runs)].sort().map(seen);
  };
  return {
    ...workplace,
    get config() {
      return config();
    },
    study: (name, variants, changes) => writeStudy(stateDir, name, variants, changes),
    order: (order, ...runs) => runs.forEach((run) => writeFileSync(path.join(orders, run), order)),
    letGo: (...runs) => runs.forEach((run) => rmSync(path.join(orders, run), { force: true })),
    begun: (run, client, times = 1) => untilBegun(client, run, () => seen(run).starts >= times),
    recorded: (study, run, status) => untilRecorded(config(), study, run, status),
    seen,
    seenOf,
    successes: (variant) => seenOf(variant).map(({ ends }) => ends),
    close: async () => {
      await workplace.close();
      clone.remove();
    },
  };
}

function writeStudy(
  stateDir: string,
  name: string,
  variants: readonly string[],
  changes: Partial<Trained> = {},
): string {
  const study: Trained = {
    ...{ kind: 'trained', name, recipe: 'noop', mixtures: { plain: { world: 1 } } },
    variants: variants.map((id, i) => ({
      ...{ id, objective: 'clm', mixture: 'plain', lr: 0.001 * (i + 1), train_tokens: 1000 },
    })),
    tasks: { cms: { metric: 'accuracy', sft: SFT } },
    ...changes,
  };
  const file = path.join(stateDir, `${name}.ts`);
  writeFileSync(file, `export default ${JSON.stringify(study)};\n`);
  return file;
}

interface Note {
  readonly what: string;
  readonly run: string;
}

function notes(stateDir: string): Note[] {
  const file = path.join(stateDir, 'witness.jsonl');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
  return lines.map((line) => JSON.parse(line) as Note);
}

function count(notes: readonly Note[]): Seen {
  const times = (what: string) => notes.filter((note) => note.what === what).length;
  return { starts: times('run-start'), ends: times('run-end') };
}

async function untilBegun(client: Running, run: string, holds: () => boolean): Promise<void> {
  await until(
    async () => {
      if (holds()) return true;
      if (client.process.exitCode !== null) throw new Error((await client.ended).stderr);
      return false;
    },
    () => `${run} to begin`,
  );
}

/** Read in this process: a command a look would take more of the machine than what it waits for. */
async function untilRecorded(
  config: Config,
  study: string,
  run: string,
  status: string,
): Promise<void> {
  const record = openDataset(unprobedStore(endpointsOf(config)));
  await until(
    async () => (await record.newest('runs', study)).get(run)?.status === status,
    () => `${run} to be ${status}`,
  );
}
