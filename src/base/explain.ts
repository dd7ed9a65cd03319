/**
 * Turns zod's issues into lines that a user can act on: the field, its value, what was expected.
 */
import { distance } from 'fastest-levenshtein';
import { z } from 'zod';

/**
 * One line for each invalid field. `schema` provides the known keys, to suggest one for an unknown
 * key.
 */
export function explainIssues(schema: z.ZodType, error: z.ZodError, input: unknown): string[] {
  return error.issues.flatMap((issue) => explainIssue(schema, issue, input));
}

function explainIssue(schema: z.ZodType, issue: z.core.$ZodIssue, input: unknown): string[] {
  const value = valueAt(input, issue.path);
  const where = `  ${issue.path.map(String).join('.') || '(top level)'}`;
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map(
        (key) => `${where}: unknown key "${key}"${hint(key, knownKeys(schema, input, issue.path))}`,
      );
    case 'invalid_value':
      return [
        `${where}: ${show(value)} is not one of ${issue.values.map(String).join(', ')}${hint(value, issue.values.map(String))}`,
      ];
    case 'invalid_key':
      return issue.issues.map((inner) => `${where}: ${inner.message}`);
    case 'invalid_type':
      return [
        value === undefined
          ? `${where}: missing, expected ${issue.expected}`
          : `${where}: ${show(value)}, expected ${issue.expected}`,
      ];
    default:
      return [`${where}: ${issue.message}${primitive(value) ? `, got ${show(value)}` : ''}`];
  }
}

/** The candidate nearest to what was written, if it is near enough to be a typing error. */
export function nearest(written: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates
    .map((name) => ({ name, edits: distance(written.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits);
  const best = ranked[0];
  return best && best.edits <= Math.max(2, written.length / 3) ? best.name : undefined;
}

function hint(written: unknown, candidates: readonly string[]): string {
  const name = typeof written === 'string' ? nearest(written, candidates) : undefined;
  if (name) return `; did you mean "${name}"?`;
  return candidates.length && typeof written === 'string'
    ? `; known: ${candidates.join(', ')}`
    : '';
}

function knownKeys(schema: z.ZodType, input: unknown, path: readonly PropertyKey[]): string[] {
  let here: z.core.$ZodType | undefined = schema;
  let value = input;
  for (const step of path) {
    here = inside(unwrap(here, value), step);
    value = valueAt(value, [step]);
  }
  const object = unwrap(here, value);
  if (object instanceof z.ZodObject) return Object.keys(object.shape);
  if (!(object instanceof z.ZodRecord)) return [];
  const key: unknown = object.def.keyType;
  return key instanceof z.ZodEnum ? key.options.map(String) : [];
}

function unwrap(schema: z.core.$ZodType | undefined, value: unknown): z.core.$ZodType | undefined {
  if (
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable
  )
    return unwrap(schema.def.innerType, value);
  if (schema instanceof z.ZodDiscriminatedUnion) return unwrap(chosen(schema, value), value);
  return schema;
}

function chosen(union: z.ZodDiscriminatedUnion, value: unknown): z.core.$ZodType | undefined {
  const tag = union.def.discriminator;
  const wanted = valueAt(value, [tag]);
  return union.options.find((option) => {
    const field: unknown = option instanceof z.ZodObject ? option.shape[tag] : undefined;
    return field instanceof z.ZodLiteral && field.values.has(wanted as never);
  });
}

function inside(
  schema: z.core.$ZodType | undefined,
  step: PropertyKey,
): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodObject)
    return schema.shape[String(step)] as z.core.$ZodType | undefined;
  if (schema instanceof z.ZodArray) return schema.def.element;
  if (schema instanceof z.ZodRecord) return schema.def.valueType;
  return undefined;
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null
        ? (value as Record<PropertyKey, unknown>)[key]
        : undefined,
    input,
  );
}

function primitive(value: unknown): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

function show(value: unknown): string {
  return typeof value === 'string' ? `"${value}"` : (JSON.stringify(value) ?? String(value));
}
