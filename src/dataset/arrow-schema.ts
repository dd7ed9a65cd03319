/** The tables' columns in the forms needed for reading and writing, each computed once. */
import { Field, Schema, type DataType, type TypeMap } from 'apache-arrow';
import { fingerprint } from '../base/fingerprint';
import { kindOf, type Kind } from './arrow-kinds';
import { IDENTITY_COLUMNS, TABLES, TABLE_NAMES, type TableName } from './tables';

export interface Column {
  readonly name: string;
  readonly type: DataType;
  readonly nullable: boolean;
  readonly kind: Kind;
}

export interface TableSchema {
  readonly table: TableName;
  readonly columns: readonly Column[];
  readonly arrow: Schema<TypeMap>;
  /** Digest of the name, kind, nullability and order of the columns. */
  readonly fingerprint: string;
}

const SCHEMAS = new Map(TABLE_NAMES.map((table) => [table, describe(table)]));

export function schemaOf(table: TableName): TableSchema {
  const schema = SCHEMAS.get(table);
  if (schema) return schema;
  throw new TypeError(`The dataset has no table "${table}".`);
}

/** The columns that a recipe writes; the orchestrator adds the others. */
export function recipeColumns(table: TableName): readonly Column[] {
  const added = new Set<string>(IDENTITY_COLUMNS);
  return schemaOf(table).columns.filter(({ name }) => !added.has(name));
}

/** `Utf8`, `Timestamp<MILLISECOND>`: the name of a type in Arrow's notation. */
export function typeName(type: DataType): string {
  // eslint-disable-next-line @typescript-eslint/no-base-to-string -- every Arrow type has one
  return type.toString();
}

function describe(table: TableName): TableSchema {
  const declared: Readonly<Record<string, Pick<Column, 'type' | 'nullable'>>> = TABLES[table];
  const columns = Object.entries(declared).map(([name, { type, nullable }]) => ({
    name,
    type,
    nullable,
    kind: kindOf(type),
  }));
  const fields = columns.map(({ name, type, nullable }) => new Field(name, type, nullable));
  const shape = columns.map(({ name, kind, nullable }) => [name, kind.name, nullable]);
  return { table, columns, arrow: new Schema<TypeMap>(fields), fingerprint: fingerprint(shape) };
}
