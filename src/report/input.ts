/** The input of a report: rows of one study, read at one version of the dataset. */
import type { Row } from '../dataset/tables';
import type { Expense } from '../domain/expenses';
import type { Study } from '../domain/schema';

export interface ReportInput {
  readonly study: Study;
  readonly dataset_version: number;
  readonly dataset_uri: string;
  readonly generated_at: Date;
  readonly variants: readonly Row<'variants'>[];
  readonly indicators: readonly Row<'indicators'>[];
  readonly outcomes: readonly Row<'outcomes'>[];
  readonly curves: readonly Row<'curves'>[];
  /** The latest attempt of each run. */
  readonly runs: readonly Row<'runs'>[];
  /** Time and cost of all attempts. */
  readonly expenses: readonly Expense[];
  /** The rows of one fit of all pairs. */
  readonly fits: readonly Row<'fits'>[];
  /** The rows of the newest fit with learners for each combination of settings. */
  readonly learned: readonly Row<'fits'>[];
  /** The predictions of those fits; fits of very many pairs record none. */
  readonly predictions: readonly Row<'predictions'>[];
}
