/** The files that a fit process reads and writes (src/domain/fit-schema.ts), as Arrow IPC. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Table, Utf8, makeVector, tableToIPC, vectorFromArray, type Vector } from 'apache-arrow';
import { openIpc } from '../dataset/arrow-ipc';
import type { FitJob, FitResult } from '../domain/fit-schema';
import { SchemaError } from '../base/errors';
import type { Probability } from '../predict/conclude';
import {
  allSplits,
  featureTable,
  trainingOf,
  variantsOf,
  type Experiment,
} from '../predict/experiment';

/** Writes what the process reads; job.json last, since it names the others. */
export async function writeJob(
  folder: string,
  experiment: Experiment,
  processes: number,
): Promise<void> {
  const rows = new Map(variantsOf(experiment).map((id, i) => [id, i]));
  const row = (id: string) => rows.get(id) ?? -1;
  const splits = allSplits(experiment);
  const training = splits.flatMap((split) =>
    split.training.map((id) => ({
      split: split.id,
      variant: row(id),
      outcome: split.train_outcomes.get(id) ?? NaN,
    })),
  );
  const pairs = splits.flatMap((split) =>
    split.tests.flatMap((test) =>
      test.pairs.map(([a, b]) => ({ split: split.id, a: row(a), b: row(b) })),
    ),
  );
  const job: FitJob = {
    format: 1,
    processes,
    features: 'features.arrow',
    splits: 'splits.arrow',
    pairs: 'pairs.arrow',
    ...trainingOf(experiment),
  };
  const columns = [...featureTable(experiment)].map(
    ([name, values]) => [name, floats(values)] as const,
  );
  await Promise.all([
    writeTable(path.join(folder, job.features), Object.fromEntries(columns)),
    writeTable(path.join(folder, job.splits), {
      split: texts(training.map((one) => one.split)),
      variant: integers(training.map((one) => one.variant)),
      outcome: floats(training.map((one) => one.outcome)),
    }),
    writeTable(path.join(folder, job.pairs), {
      split: texts(pairs.map((one) => one.split)),
      a: integers(pairs.map((one) => one.a)),
      b: integers(pairs.map((one) => one.b)),
    }),
  ]);
  await writeFile(path.join(folder, 'job.json'), JSON.stringify(job));
}

export interface FitOutput {
  readonly probability: Probability;
  /** Predictor -> feature -> its mean share over the outer splits. */
  readonly importance: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

export async function readOutput(
  folder: string,
  experiment: Experiment,
  { predictions, importance }: FitResult,
): Promise<FitOutput> {
  const table = async (file: string | null) =>
    openIpc(await readFile(path.join(folder, file ?? '')), `The fit's file "${file}"`);
  return {
    probability: readPredictions(await table(predictions), variantsOf(experiment)),
    importance: readImportance(await table(importance), experiment),
  };
}

function readPredictions(table: Table, variants: readonly string[]): Probability {
  const [predictor, split] = [columnOf(table, 'predictor'), columnOf(table, 'split')];
  const a = columnOf(table, 'a').toArray() as Int32Array;
  const b = columnOf(table, 'b').toArray() as Int32Array;
  const probability = columnOf(table, 'probability').toArray() as Float64Array;
  const known = new Map<string, Map<string, number>>();
  for (let i = 0; i < table.numRows; i++) {
    const key = `${predictor.get(i)}\0${split.get(i)}`;
    const pairs = known.get(key) ?? new Map<string, number>();
    if (!pairs.size) known.set(key, pairs);
    pairs.set(`${variants[a[i] as number]}\0${variants[b[i] as number]}`, probability[i] as number);
  }
  return (name, id, first, second) => known.get(`${name}\0${id}`)?.get(`${first}\0${second}`);
}

/** Over the outer splits alone: those within are for choosing. */
function readImportance(table: Table, experiment: Experiment): FitOutput['importance'] {
  const outer = new Set(experiment.splits.map(({ id }) => id));
  const means = new Map<string, Map<string, number>>();
  const [predictor, split] = [columnOf(table, 'predictor'), columnOf(table, 'split')];
  const [feature, share] = [columnOf(table, 'feature'), columnOf(table, 'share')];
  for (let i = 0; i < table.numRows; i++) {
    if (!outer.has(String(split.get(i)))) continue;
    const name = String(predictor.get(i));
    const shares = means.get(name) ?? new Map<string, number>();
    const of = String(feature.get(i));
    means.set(name, shares.set(of, (shares.get(of) ?? 0) + Number(share.get(i)) / outer.size));
  }
  return means;
}

function columnOf(table: Table, name: string): Vector {
  const column = table.getChild(name);
  if (column) return column;
  throw new SchemaError(`What the fit process wrote has no column "${name}".`);
}

async function writeTable(file: string, columns: Record<string, Vector>): Promise<void> {
  await writeFile(file, tableToIPC(new Table(columns), 'file'));
}

const texts = (values: readonly string[]) => vectorFromArray([...values], new Utf8());
const integers = (values: readonly number[]) => makeVector(Int32Array.from(values));
const floats = (values: readonly number[]) => makeVector(Float64Array.from(values));
