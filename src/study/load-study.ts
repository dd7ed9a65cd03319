/**
 * Loads a study file: a TypeScript module whose default export is a study, or a function that makes
 * one.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { NotFoundError, SpecError } from '../base/errors';
import { importRows } from '../dataset/import-table';
import { nearest } from '../base/explain';
import { tableOf, type Study } from '../domain/schema';
import { parseStudy, type StudyOptions } from '../domain/study';
import { requireFile } from '../base/require-file';
import { makeOwnNameKnown } from './own-name';

export interface LoadedStudy {
  readonly study: Study;
  /** The text of the table, for an imported study. */
  readonly table: string | null;
  /** The folder of the study file. Paths in the study file are relative to it. */
  readonly folder: string;
}

export interface StudyOverrides extends StudyOptions {
  readonly seed?: number;
  readonly cluster?: string;
}

/** Loads and validates a study and its table, before anything is started or written. */
export function loadStudy(file: string, overrides: StudyOverrides = {}): LoadedStudy {
  const where = path.resolve(file);
  mustBeFile(file, where);
  const study = override(parseStudy(makeStudy(where, overrides)), overrides);
  const tabled = tableOf(study);
  const table = tabled ? readTable(where, tabled.table) : null;
  checkTable(study, table);
  return { study, table, folder: path.dirname(where) };
}

/** Throws SpecError unless each variant has one origin: the study file or its table. */
export function checkTable(study: Study, table: string | null): void {
  const tabled = tableOf(study);
  if (!tabled || table === null) return;
  const { variants } = importRows(tabled, table, new Date());
  const own = new Set(study.kind === 'trained' ? study.variants.map(({ id }) => id) : []);
  const twice = variants.filter(({ variant_id }) => own.has(variant_id));
  if (twice.length)
    throw new SpecError(
      `These variants are in the study file and in its table "${tabled.table}": ${twice.map(({ variant_id }) => `"${variant_id}"`).join(', ')}. Rename them, or remove them from one of the two.`,
    );
}

function mustBeFile(file: string, where: string): void {
  if (!existsSync(where))
    throw new NotFoundError(
      `There is no study file "${file}".${guessOf(file)} The studies that come with foretune are in studies/.`,
    );
  if (!statSync(where).isFile())
    throw new SpecError(`"${file}" is not a file. Name a study file, e.g. studies/quickstart.ts.`);
}

const STUDIES = path.join(__dirname, '..', '..', 'studies');

/** A file with a similar name in the same folder, or among the studies that come with foretune. */
function guessOf(file: string): string {
  const folders = [path.dirname(path.resolve(file)), STUDIES];
  const name = path.basename(file, '.ts');
  for (const folder of folders) {
    const guess = nearest(name, studiesIn(folder));
    if (guess) return ` Did you mean "${path.relative('', path.join(folder, `${guess}.ts`))}"?`;
  }
  return '';
}

function studiesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));
  return files.map((name) => path.basename(name, '.ts'));
}

function makeStudy(where: string, { variants }: StudyOptions): unknown {
  const exported = requireDefault(where);
  if (typeof exported === 'function')
    return (exported as (options: StudyOptions) => unknown)(
      variants === undefined ? {} : { variants },
    );
  if (variants === undefined) return exported;
  throw new SpecError(
    `"${where}" has a fixed list of variants and does not accept --variants. A study file that does exports a function: \`export default ({ variants }) => defineStudy({...})\`.`,
  );
}

function requireDefault(where: string): unknown {
  makeOwnNameKnown();
  const loaded = requireFile(where);
  if (hasDefault(loaded)) return loaded.default;
  throw new SpecError(
    `"${where}" has no default export. Write \`export default defineStudy({...})\`.`,
  );
}

function hasDefault(value: unknown): value is { readonly default: unknown } {
  return typeof value === 'object' && value !== null && 'default' in value;
}

/**
 * A replicate with another seed is another study, with another name, so the measurements of the
 * first one do not change.
 */
function override(study: Study, { seed, cluster }: StudyOverrides): Study {
  if (seed === undefined && cluster === undefined) return study;
  if (study.kind === 'imported')
    throw new SpecError(`"${study.name}" is a published table: it has no seed and no cluster.`);
  const moved = cluster === undefined ? study : { ...study, cluster };
  if (seed === undefined || seed === moved.seed) return moved;
  return parseStudy({ ...moved, seed, name: `${moved.name}-seed${seed}` });
}

function readTable(studyFile: string, table: string): string {
  const where = path.resolve(path.dirname(studyFile), table);
  if (!existsSync(where))
    throw new NotFoundError(
      `Study "${studyFile}" names table "${table}", but there is no file ${where}.`,
    );
  return readFileSync(where, 'utf8');
}
