/**
 * `foretune schema [name]`: the JSON Schema of a study or of a file that recipes read or write, or
 * the columns of their tables.
 */
import type { Command } from 'commander';
import { z } from 'zod';
import { FitJobSchema, FitResultSchema } from '../../domain/fit-schema';
import { JobResultSchema, JobSchema, ProgressSchema } from '../../domain/job-schema';
import { ManifestSchema } from '../../domain/manifest';
import { StudySchema } from '../../domain/study-schema';
import { recipeTables } from '../../dataset/recipe-columns';
import { NotFoundError } from '../../base/errors';
import type { CliContext } from '../context';

const TABLES = 'tables';

const SCHEMAS = {
  study: StudySchema,
  manifest: ManifestSchema,
  job: JobSchema,
  result: JobResultSchema,
  progress: ProgressSchema,
  'fit-job': FitJobSchema,
  'fit-result': FitResultSchema,
};

const NAMES = [...Object.keys(SCHEMAS), TABLES];

export function register(program: Command, context: CliContext): void {
  program
    .command('schema')
    .argument('[name]', NAMES.join(', '), 'study')
    .description('print a JSON Schema, or the columns of the tables that recipes write')
    .action((name: string) => context.stdout(JSON.stringify(jsonSchema(name), null, 2)));
}

export function jsonSchema(name: string): object {
  if (name === TABLES) return recipeTables();
  const schema = Object.entries(SCHEMAS).find(([known]) => known === name)?.[1];
  if (!schema) throw new NotFoundError(`There is no schema "${name}". Known: ${NAMES.join(', ')}.`);
  return z.toJSONSchema(schema, {
    io: name === 'study' || name === 'manifest' ? 'input' : 'output',
    unrepresentable: 'any',
  });
}
