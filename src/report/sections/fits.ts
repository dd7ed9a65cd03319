/** Every fit as a table, and as bars with intervals. */
import type { Row } from '../../dataset/tables';
import { bestFit } from '../answer';
import { count, interval, listed, share } from '../format';
import { figure, html, list, table, type VNode } from '../html';
import type { Names } from '../names';

type Fit = Row<'fits'>;

export interface TaskPlot {
  readonly task: string;
  readonly svg: string;
}

/** Fewer variants than this: simulated 95% intervals covered as little as 70% of the time. */
const FEW_VARIANTS = 6;

export function fitsSection(
  names: Names,
  fits: readonly Fit[],
  chosenAfter: readonly string[],
): VNode {
  const head = html`<tr>
    <th>Task and predictor</th>
    <th class="number">Accuracy</th>
    <th class="number">95% interval of accuracy</th>
    <th class="number">Error rate</th>
    <th class="number">Variants</th>
    <th class="number">Pairs</th>
  </tr>`;
  const bodies = names.tasks.map((task) =>
    taskRows(
      task,
      fits.filter((fit) => fit.task === task),
      names,
    ),
  );
  return html`<section aria-labelledby="fits">
    <h2 id="fits">Every predictor on every task</h2>
    <p>
      The share of pairs of variants whose better one the predictor names. A tie in its values or in
      the outcome counts one half; 0.500 is a coin toss.
    </p>
    ${table(head, bodies, 'Accuracy of every predictor on every task')}
    ${list(fitNotes(fits, chosenAfter))}
  </section>`;
}

function taskRows(task: string, fits: readonly Fit[], names: Names): VNode {
  const best = bestFit(fits);
  return html`<tbody>
    <tr class="group">
      <th colspan="6" scope="rowgroup">${task} <small>${names.task(task)}</small></th>
    </tr>
    ${
      fits.length
        ? null
        : html`<tr>
            <td colspan="6" class="muted">no pair was measured</td>
          </tr>`
    }
    ${fits.map((fit) => fitRow(fit, fit === best, names))}
  </tbody>`;
}

function fitRow(fit: Fit, isBest: boolean, names: Names): VNode {
  const { task, proxy } = fit;
  const kind = [isBest ? 'best' : '', proxy === names.baseline ? 'baseline' : ''].join(' ').trim();
  return html`<tr class=${kind} data-task=${task} data-proxy=${proxy}>
    <th scope="row">
      <code>${proxy}</code> <small>${names.predictor(proxy)}</small>${' '}
      ${proxy === names.baseline ? html`<span class="tag">baseline</span>` : null}
    </th>
    <td class="number strong">${share(fit.accuracy)}</td>
    <td class="number">${interval(fit.ci_low, fit.ci_high)}</td>
    <td class="number">${share(fit.error_rate)}</td>
    <td class="number">${count(fit.n_variants)}</td>
    <td class="number">${count(fit.n_pairs)}</td>
  </tr>`;
}

function fitNotes(fits: readonly Fit[], chosenAfter: readonly string[]): string[] {
  const notes = [methodNote(fits)];
  if (fits.some((fit) => fit.n_variants < FEW_VARIANTS))
    notes.push(
      `With fewer than ${FEW_VARIANTS} variants an interval is narrower than it should be: read it as a lower bound of the doubt.`,
    );
  if (fits.some((fit) => fit.ci_low === fit.ci_high && fit.accuracy !== 0.5))
    notes.push(
      'An interval without width means that every resample agrees, not that other variants would.',
    );
  if (fits.length)
    notes.push(
      'The best of several predictors is flattered by having been chosen on these same pairs.',
    );
  const known = chosenAfter.filter((name) => fits.some(({ proxy }) => proxy === name));
  if (known.length)
    notes.push(
      `The weights of ${listed(known)} were chosen by somebody who had seen outcomes: headroom, not a prediction.`,
    );
  return notes.filter(Boolean);
}

function methodNote(fits: readonly Fit[]): string {
  if (!fits.length) return '';
  return fits.some((fit) => fit.ci_method === 'jackknife-variants')
    ? 'Intervals: jackknife over variants, since pairs that share a variant are not independent.'
    : 'Intervals: 2,000 bootstrap resamples of variants, since pairs that share a variant are not independent.';
}

export function errorRateSection(plots: readonly TaskPlot[], names: Names): VNode | null {
  if (!plots.length) return null;
  return html`<section aria-labelledby="errors">
    <h2 id="errors">How often each predictor is wrong</h2>
    <p>
      Pairwise error rate: shorter is better. The line through a bar is its 95% interval, the dashed
      line a coin toss.${' '}
      <span class="key"
        ><i class="swatch best"></i> best${' '}
        ${
          names.baseline === null
            ? null
            : html`<i class="swatch baseline"></i> ${names.baselineLabel}, the baseline`
        }</span
      >
    </p>
    <div class="charts wide">
      ${plots.map(({ task, svg }) =>
        figure(
          `Error rate of each predictor on ${task}; the table above has the numbers`,
          svg,
          html`<b>${task}</b> ${names.task(task)}`,
        ),
      )}
    </div>
  </section>`;
}
