/** Time and cost of the runs of each stage, and the part spent on attempts without a result. */
import { total, type Expense } from '../../domain/expenses';
import { count, measured } from '../format';
import { html, table, type VNode } from '../html';

interface Column {
  readonly title: string;
  readonly valueOf: (expense: Expense) => number | null;
  readonly show: (value: number | null) => string;
  /** Left out if no value is recorded. */
  readonly optional?: true;
}

const COLUMNS: readonly Column[] = [
  { title: 'Attempts', valueOf: (one) => one.attempts, show: (value) => count(value ?? 0) },
  { title: 'Without result', valueOf: (one) => one.lost, show: (value) => count(value ?? 0) },
  { title: 'Job hours', valueOf: (one) => one.hours, show: measured },
  { title: 'Job hours without result', valueOf: (one) => one.lost_hours, show: measured },
  { title: 'GPU-hours', valueOf: (one) => one.gpu_hours, show: measured, optional: true },
  { title: 'Cost', valueOf: (one) => one.cost, show: measured, optional: true },
];

export function expensesPart(expenses: readonly Expense[]): VNode | null {
  if (!expenses.length) return null;
  const columns = COLUMNS.filter((one) => !one.optional || totalOf(one, expenses) !== null);
  const head = html`<tr>
    <th>Stage</th>
    ${columns.map(({ title }) => html`<th class="number">${title}</th>`)}
  </tr>`;
  const rows = expenses.map((expense) =>
    row(
      expense.stage,
      columns.map(({ valueOf, show }) => show(valueOf(expense))),
    ),
  );
  const sums = columns.map((column) => column.show(totalOf(column, expenses)));
  return html`<h3>Time and cost</h3>
    ${table(
      head,
      html`<tbody>
        ${rows} ${expenses.length > 1 ? row('all', sums) : null}
      </tbody>`,
      'Time and cost of each stage, including attempts without a result',
    )}`;
}

function row(stage: string, cells: readonly string[]): VNode {
  return html`<tr>
    <th scope="row">${stage}</th>
    ${cells.map((cell) => html`<td class="number">${cell}</td>`)}
  </tr>`;
}

function totalOf({ valueOf }: Column, expenses: readonly Expense[]): number | null {
  return total(expenses.map(valueOf));
}
