/** The ledger of runs: which attempts were made, how they ended, and why they failed. */
import type { Expense } from '../../domain/expenses';
import type { Row } from '../../dataset/tables';
import { mapGroups } from '../../predict/measurements';
import { count, counted, NOTHING, seconds } from '../format';
import { html, table, type VNode } from '../html';
import { expensesPart } from './expenses';

type Run = Row<'runs'>;

/** A longer ledger is folded, so that the page stays readable. */
const LONG_LEDGER = 12;
/**
 * Further rows are only in the table `runs`: browsers cannot open a page of tens of thousands of
 * rows.
 */
const MOST_LISTED = 2000;
/** After a few dozen, further failures add no information. */
const MOST_FAILURES = 50;

function title(runs: number): string {
  if (runs > MOST_LISTED) return `The first ${count(MOST_LISTED)} of ${counted(runs, 'run')}`;
  return runs === 1 ? 'The run' : `All ${counted(runs, 'run')}`;
}

export function ledgerSection(runs: readonly Run[], expenses: readonly Expense[]): VNode {
  if (!runs.length) return emptyLedger();
  const failed = runs.filter((run) => run.error !== null || run.status === 'failed');
  return html`<section aria-labelledby="runs">
    <h2 id="runs">Run ledger</h2>
    <p>${summary(runs)}</p>
    ${expensesPart(expenses)}
    ${failed.length ? html`<h3>${failuresTitle(failed.length)}</h3>` : null}
    ${failed.slice(0, MOST_FAILURES).map(failure)}
    <details class="numbers" open=${runs.length <= LONG_LEDGER}>
      <summary>${title(runs.length)}</summary>
      ${ledgerTable(runs.slice(0, MOST_LISTED))}
    </details>
  </section>`;
}

function failuresTitle(failed: number): string {
  if (failed <= MOST_FAILURES) return 'Failures';
  return `The first ${count(MOST_FAILURES)} of ${count(failed)} failures`;
}

function emptyLedger(): VNode {
  return html`<section aria-labelledby="runs">
    <h2 id="runs">Run ledger</h2>
    <p>No run is recorded yet.</p>
  </section>`;
}

function summary(runs: readonly Run[]): string {
  const statuses = mapGroups(
    runs,
    (run) => run.status,
    (group) => group.length,
  );
  const counts = [...statuses].map(([status, n]) => `${count(n)} ${status}`).join(', ');
  const wall = runs.reduce((sum, run) => sum + (run.wall_seconds ?? 0), 0);
  const retried = runs.filter((run) => run.attempt > 1).length;
  return [
    `${counted(runs.length, 'run')}: ${counts}.`,
    retried ? `${counted(retried, 'run')} took more than one attempt.` : '',
    wall ? `${count(Math.round(wall))} s of run time in all.` : '',
  ]
    .filter(Boolean)
    .join(' ');
}

function failure(run: Run): VNode {
  return html`<div class="failure">
    <p>
      <code>${run.run_id}</code>${' '}
      <span class="tag warn">${run.failure_class ?? run.status}</span>${' '}
      ${counted(run.attempt, 'attempt')}
    </p>
    ${run.error ? html`<pre tabindex="0">${run.error}</pre>` : null}
  </div>`;
}

function ledgerTable(runs: readonly Run[]): VNode {
  const head = html`<tr>
    <th>Run</th>
    <th>Status</th>
    <th class="number">Attempts</th>
    <th class="number">Wall time, s</th>
    <th>Failure class</th>
    <th>Cluster</th>
  </tr>`;
  return table(
    head,
    html`<tbody>
      ${runs.map(ledgerRow)}
    </tbody>`,
    'Runs',
  );
}

function ledgerRow(run: Run): VNode {
  return html`<tr class=${run.status}>
    <th scope="row"><code>${run.run_id}</code></th>
    <td>${run.status}</td>
    <td class="number">${count(run.attempt)}</td>
    <td class="number">${seconds(run.wall_seconds)}</td>
    <td>${run.failure_class ?? NOTHING}</td>
    <td>${run.cluster || NOTHING}</td>
  </tr>`;
}
