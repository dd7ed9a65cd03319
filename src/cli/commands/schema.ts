/** `foretune schema [name]`: the JSON Schema of a study, or of what recipes read and write. */
import type { Command } from 'commander';
import { z } from 'zod';
import { FitJobSchema, FitResultSchema } from '../../domain/fit-schema';
import { JobResultSchema, JobSchema, ProgressSchema } from '../../domain/job-schema';
import { ManifestSchema } from '../../domain/manifest';
import { StudySchema } from '../../domain/schema';
import { NotFoundError } from '../../base/errors';
import type { CliContext } from '../context';

const SCHEMAS = {
  study: StudySchema,
  manifest: ManifestSchema,
  job: JobSchema,
  result: JobResultSchema,
  progress: ProgressSchema,
  'fit-job': FitJobSchema,
  'fit-result': FitResultSchema,
};

export function register(program: Command, context: CliContext): void {
  program
    .command('schema')
    .argument('[name]', Object.keys(SCHEMAS).join(', '), 'study')
    .description('print a JSON Schema')
    .action((name: string) => context.stdout(JSON.stringify(jsonSchema(name), null, 2)));
}

export function jsonSchema(name: string): object {
  const schema = Object.entries(SCHEMAS).find(([known]) => known === name)?.[1];
  if (!schema)
    throw new NotFoundError(
      `There is no schema "${name}". Known: ${Object.keys(SCHEMAS).join(', ')}.`,
    );
  return z.toJSONSchema(schema, {
    io: name === 'study' ? 'input' : 'output',
    unrepresentable: 'any',
  });
}
