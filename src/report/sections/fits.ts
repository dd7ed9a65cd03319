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
      Accuracy is the share of pairs of variants in which the predictor names the better one. A tie
      in its values or in the outcome counts one half; 0.500 is a coin toss.
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
      `With fewer than ${FEW_VARIANTS} variants an interval is narrower than it should be: the uncertainty is larger than it shows.`,
    );
  if (fits.some((fit) => fit.ci_low === fit.ci_high && fit.accuracy !== 0.5))
    notes.push(
      'An interval of width zero means that all resamples agree; other variants may still differ.',
    );
  if (fits.length)
    notes.push(
      'The accuracy of the best of several predictors is biased upward, because it was selected on the same pairs.',
    );
  const known = chosenAfter.filter((name) => fits.some(({ proxy }) => proxy === name));
  if (known.length)
    notes.push(
      `The weights of ${listed(known)} were chosen with knowledge of the outcomes: such an accuracy is an upper bound, not a prediction.`,
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
      The pairwise error rate; lower is better. The line through a bar is its 95% interval, and the
      dashed line is a coin toss.${' '}
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
