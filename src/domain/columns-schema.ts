/** The columns of an imported table, as a zod schema. */
import { z } from 'zod';
import { term } from './names';

const column = z.string().describe('Name of a column in the header');

const OutcomeColumnSchema = z.strictObject({
  value: column,
  stderr: column.optional(),
  n: column.optional(),
  sft_recipe: term.optional().describe('The SFT recipe of these outcomes'),
  seed: z.number().int().nonnegative().default(0).describe('The seed of these outcomes'),
});

const IndicatorColumnSchema = z.strictObject({
  value: column,
  stderr: column.optional(),
  n: column.optional(),
});

export const ColumnsSchema = z
  .strictObject({
    variant_id: z.string().describe('Column with the variant ids'),
    config: z
      .record(z.string().min(1), column)
      .default({})
      .describe('Configuration field -> column; weights.web is the field web of weights'),
    indicators: z
      .record(term, z.union([column, IndicatorColumnSchema]))
      .default({})
      .describe('Indicator -> column; an empty cell means not measured yet'),
    outcomes: z
      .record(term, z.union([column, OutcomeColumnSchema, z.array(OutcomeColumnSchema).min(1)]))
      .default({})
      .describe('Task -> column; an empty cell means not fine-tuned yet'),
  })
  .describe("The columns of the table that hold the study's values");
export type Columns = z.infer<typeof ColumnsSchema>;
