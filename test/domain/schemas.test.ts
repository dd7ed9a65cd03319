import { readFileSync } from 'node:fs';
import path from 'node:path';
import { jsonSchema } from '../../src/cli/commands/schema';

const folder = path.join(__dirname, '../../recipes/schemas');

it.each(['job', 'result', 'progress', 'manifest', 'fit-job', 'fit-result'])(
  'recipes/schemas/%s.json is what `foretune schema` prints (if not: write it again with that command)',
  (name) => {
    const written: unknown = JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8'));
    expect(written).toEqual(jsonSchema(name));
  },
);

it('recipes/protocol/foretune_protocol/tables.json is what `foretune schema tables` prints (if not: write it again with that command)', () => {
  const file = path.join(folder, '../protocol/foretune_protocol/tables.json');
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(jsonSchema('tables'));
});

const ALL = ['study', 'job', 'result', 'progress', 'manifest', 'fit-job', 'fit-result'];
it.each(ALL)('every field of a %s is described', (name) => {
  const undescribed: string[] = [];
  walk(jsonSchema(name), '', undescribed);
  expect(undescribed).toEqual([]);
});

function walk(schema: unknown, at: string, undescribed: string[]): void {
  if (typeof schema !== 'object' || schema === null) return;
  const node = schema as Record<string, unknown>;
  const properties = (node.properties ?? {}) as Record<string, Record<string, unknown>>;
  for (const [name, field] of Object.entries(properties)) {
    if (!('description' in field) && !('const' in field)) undescribed.push(`${at}.${name}`);
    walk(field, `${at}.${name}`, undescribed);
  }
  for (const key of ['oneOf', 'anyOf', 'allOf'])
    for (const option of (node[key] ?? []) as unknown[]) walk(option, at, undescribed);
  walk(node.items, `${at}[]`, undescribed);
  walk(node.additionalProperties, `${at}.*`, undescribed);
}
