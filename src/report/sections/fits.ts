/** Every fit as a table, and as bars with intervals. */
import type { Row } from '../../dataset/tables';
import { BASELINE } from '../../predict/unsupervised';
import { bestFit } from '../answer';
import { count, interval, share } from '../format';
import { figure, html, list, table, type VNode } from '../html';
import { proxyName, taskLabel, taskName } from '../names';

type Fit = Row<'fits'>;

export interface TaskPlot {
  readonly task: string;
  readonly svg: string;
}

/** Fewer variants than this: simulated 95% intervals covered as little as 70% of the time. */
const FEW_VARIANTS = 6;

export function fitsSection(tasks: readonly string[], fits: readonly Fit[]): VNode {
  const head = html`<tr>
    <th>Task and proxy</th>
    <th class="number">Accuracy</th>
    <th class="number">95% interval of accuracy</th>
    <th class="number">Error rate</th>
    <th class="number">Variants</th>
    <th class="number">Pairs</th>
  </tr>`;
  const bodies = tasks.map((task) =>
    taskRows(
      task,
      fits.filter((fit) => fit.task === task),
    ),
  );
  return html`<section aria-labelledby="fits">
    <h2 id="fits">Every proxy on every task</h2>
    <p>
      The share of pairs of variants whose better one the proxy names. A tie in the indicator or in
      the outcome counts one half; 0.500 is a coin toss.
    </p>
    ${table(head, bodies, 'Accuracy of every proxy on every task')} ${list(fitNotes(fits))}
  </section>`;
}

function taskRows(task: string, fits: readonly Fit[]): VNode {
  const best = bestFit(fits);
  return html`<tbody>
    <tr class="group">
      <th colspan="6" scope="rowgroup">${taskLabel(task)} <small>${taskName(task)}</small></th>
    </tr>
    ${
      fits.length
        ? null
        : html`<tr>
            <td colspan="6" class="muted">no pair was measured</td>
          </tr>`
    }
    ${fits.map((fit) => fitRow(fit, fit === best))}
  </tbody>`;
}

function fitRow(fit: Fit, isBest: boolean): VNode {
  const { task, proxy } = fit;
  const kind = [isBest ? 'best' : '', proxy === BASELINE ? 'baseline' : ''].join(' ').trim();
  return html`<tr class=${kind} data-task=${task} data-proxy=${proxy}>
    <th scope="row">
      <code>${proxy}</code> <small>${proxyName(proxy)}</small>${' '}
      ${proxy === BASELINE ? html`<span class="tag">baseline</span>` : null}
    </th>
    <td class="number strong">${share(fit.accuracy)}</td>
    <td class="number">${interval(fit.ci_low, fit.ci_high)}</td>
    <td class="number">${share(fit.error_rate)}</td>
    <td class="number">${count(fit.n_variants)}</td>
    <td class="number">${count(fit.n_pairs)}</td>
  </tr>`;
}

function fitNotes(fits: readonly Fit[]): string[] {
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
      'The best of several proxies is flattered by having been chosen on these same pairs.',
    );
  if (fits.some((fit) => fit.proxy === 'sc+rag-clm'))
    notes.push(
      'The signs of sc+rag-clm were chosen by the authors of arXiv 2504.12491 on the outcomes of their own 50 variants: there it shows headroom, not a prediction.',
    );
  return notes.filter(Boolean);
}

function methodNote(fits: readonly Fit[]): string {
  if (!fits.length) return '';
  return fits.some((fit) => fit.ci_method === 'jackknife-variants')
    ? 'Intervals: jackknife over variants, since pairs that share a variant are not independent.'
    : 'Intervals: 2,000 bootstrap resamples of variants, since pairs that share a variant are not independent.';
}

export function errorRateSection(plots: readonly TaskPlot[]): VNode | null {
  if (!plots.length) return null;
  return html`<section aria-labelledby="errors">
    <h2 id="errors">How often each proxy is wrong</h2>
    <p>
      Pairwise error rate: shorter is better. The line through a bar is its 95% interval, the dashed
      line a coin toss.${' '}
      <span class="key"
        ><i class="swatch best"></i> best <i class="swatch baseline"></i> perplexity, the
        baseline</span
      >
    </p>
    <div class="charts wide">
      ${plots.map(({ task, svg }) =>
        figure(
          `Error rate of each proxy on ${taskLabel(task)}; the table above has the numbers`,
          svg,
          html`<b>${taskLabel(task)}</b> ${taskName(task)}`,
        ),
      )}
    </div>
  </section>`;
}
