/**
 * The files that a fit process reads and writes (src/domain/fit-schema.ts), in Arrow IPC format.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Table, Utf8, makeVector, tableToIPC, vectorFromArray, type Vector } from 'apache-arrow';
import { openIpc } from '../dataset/arrow-ipc';
import type { FitJob, FitResult } from '../domain/fit-schema';
import { SchemaError } from '../base/errors';
import { mapGroups } from '../predict/measurements';
import { columnNamed } from '../predict/feature-table';
import type { Trained, TrainingJob } from '../predict/predictors/learner';
import type { Sample } from '../predict/predictor';

/** Writes the input files of the fit process; job.json last, since it names the others. */
export async function writeJob(
  folder: string,
  jobs: readonly TrainingJob[],
  processes: number,
): Promise<void> {
  const samples = samplesOf(jobs);
  const variants = variantsOf(samples);
  const rows = new Map(variants.map((id, i) => [id, i]));
  const row = (id: string) => rows.get(id) ?? -1;
  const training = samples.flatMap(({ id, training, outcomes }) =>
    training.map((one) => ({ split: id, variant: row(one), outcome: outcomes.get(one) ?? NaN })),
  );
  const pairs = samples.flatMap(({ id, asked }) =>
    asked.map(([a, b]) => ({ split: id, a: row(a), b: row(b) })),
  );
  const job: FitJob = {
    format: 1,
    processes,
    features: 'features.arrow',
    splits: 'splits.arrow',
    pairs: 'pairs.arrow',
    ...trainingOf(jobs),
  };
  await Promise.all([
    writeTable(path.join(folder, job.features), featureColumns(jobs, variants)),
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

/** Each variant once, even if several learners are trained on it. */
function samplesOf(jobs: readonly TrainingJob[]): Sample[] {
  return [...new Map(jobs.map(({ sample }) => [sample.id, sample])).values()];
}

/** The variants to train on or to predict, in order of id. */
function variantsOf(samples: readonly Sample[]): string[] {
  return [
    ...new Set(samples.flatMap(({ training, asked }) => [...training, ...asked.flat()])),
  ].sort();
}

function featureColumns(
  jobs: readonly TrainingJob[],
  variants: readonly string[],
): Record<string, Vector> {
  const columns = jobs.flatMap(({ predictor, sample }) =>
    predictor.features.map((name) => [name, sample.features] as const),
  );
  return Object.fromEntries(
    [...new Map(columns)].map(([name, features]) => {
      const values = columnNamed(features, name);
      return [name, floats(variants.map((id) => values?.get(id) ?? NaN))];
    }),
  );
}

/** The part of job.json that describes the training jobs. */
function trainingOf(jobs: readonly TrainingJob[]): Pick<FitJob, 'predictors' | 'splits_to_fit'> {
  const bySample = mapGroups(
    jobs,
    ({ sample }) => sample.id,
    (group) => group,
  );
  return {
    predictors: [...new Map(jobs.map(({ predictor }) => [predictor.name, predictor])).values()],
    splits_to_fit: [...bySample].map(([split, group]) => ({
      split,
      seed: group[0]?.seed ?? 0,
      predictors: group.map(({ predictor }) => predictor.name),
    })),
  };
}

/** In the order of the jobs. */
export async function readAnswers(
  folder: string,
  jobs: readonly TrainingJob[],
  { predictions, importance }: FitResult,
): Promise<Trained[]> {
  const table = async (file: string | null) =>
    openIpc(await readFile(path.join(folder, file ?? '')), `File "${file}" of the fit`);
  const variants = variantsOf(samplesOf(jobs));
  const probabilities = readPredictions(await table(predictions), variants);
  const shares = readImportance(await table(importance));
  return jobs.map(({ predictor, sample }) => {
    const key = keyOf(predictor.name, sample.id);
    const known = probabilities.get(key);
    return {
      probability: (a, b) => known?.get(`${a}\0${b}`),
      importance: shares.get(key),
    };
  });
}

function keyOf(predictor: unknown, split: unknown): string {
  return `${String(predictor)}\0${String(split)}`;
}

type Numbers = ReadonlyMap<string, ReadonlyMap<string, number>>;

function readPredictions(table: Table, variants: readonly string[]): Numbers {
  const [predictor, split] = [columnOf(table, 'predictor'), columnOf(table, 'split')];
  const a = columnOf(table, 'a').toArray() as Int32Array;
  const b = columnOf(table, 'b').toArray() as Int32Array;
  const probability = columnOf(table, 'probability').toArray() as Float64Array;
  const known = new Map<string, Map<string, number>>();
  for (let i = 0; i < table.numRows; i++) {
    const key = keyOf(predictor.get(i), split.get(i));
    const pairs = known.get(key) ?? new Map<string, number>();
    if (!pairs.size) known.set(key, pairs);
    pairs.set(`${variants[a[i] as number]}\0${variants[b[i] as number]}`, probability[i] as number);
  }
  return known;
}

function readImportance(table: Table): Numbers {
  const [predictor, split] = [columnOf(table, 'predictor'), columnOf(table, 'split')];
  const [feature, share] = [columnOf(table, 'feature'), columnOf(table, 'share')];
  const known = new Map<string, Map<string, number>>();
  for (let i = 0; i < table.numRows; i++) {
    const key = keyOf(predictor.get(i), split.get(i));
    const shares = known.get(key) ?? new Map<string, number>();
    known.set(key, shares.set(String(feature.get(i)), Number(share.get(i))));
  }
  return known;
}

function columnOf(table: Table, name: string): Vector {
  const column = table.getChild(name);
  if (column) return column;
  throw new SchemaError(`The output of the fit process has no column "${name}".`);
}

async function writeTable(file: string, columns: Record<string, Vector>): Promise<void> {
  await writeFile(file, tableToIPC(new Table(columns), 'file'));
}

const texts = (values: readonly string[]) => vectorFromArray([...values], new Utf8());
const integers = (values: readonly number[]) => makeVector(Int32Array.from(values));
const floats = (values: readonly number[]) => makeVector(Float64Array.from(values));
