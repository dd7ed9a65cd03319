/**
 * The columns of the tables that recipes write, as JSON: `foretune schema tables`, read by
 * recipes/protocol.
 */
import { RECIPE_TABLES } from '../domain/job-schema';
import { recipeColumns } from './arrow-schema';

export function recipeTables(): object {
  const tables = RECIPE_TABLES.map((table) => {
    const columns = recipeColumns(table).map(({ name, kind, nullable }) => {
      return { name, type: kind.name, nullable };
    });
    return [table, columns] as const;
  });
  return { format: 1, tables: Object.fromEntries(tables) };
}
