/**
 * Whether learning to compare helps: its accuracy on held-out variants, next to the configuration
 * and the baseline.
 */
import type { Study } from '../../domain/schema';
import type { Importance } from '../../predict/importance';
import type { Added } from '../addition';
import { count, counted, interval, listed, NOTHING, percent, share } from '../format';
import { figure, html, list, table, type VNode } from '../html';
import { detailsOf, kindOf, type Fit, type LearnedGroup } from '../learned-groups';
import type { Names } from '../names';
import { nameOf } from '../plots/learned';

export interface LearnedFigures {
  readonly group: LearnedGroup;
  readonly tasks: readonly LearnedFigure[];
}

export interface LearnedFigure {
  readonly task: string;
  readonly fits: readonly Fit[];
  readonly svg: string;
  readonly added: Added;
}

export interface ImportanceFigure {
  /** The predictors over whose fits the shares are averaged. */
  readonly tasks: readonly string[];
  readonly name: string;
  readonly parts: readonly Importance[];
  readonly svg: string;
}

export function learnedSection(
  study: Study,
  names: Names,
  groups: readonly LearnedFigures[],
  importance: readonly ImportanceFigure[],
): VNode {
  return html`<section aria-labelledby="learned">
    <h2 id="learned">Does learning from several indicators help?</h2>
    ${groups.length ? explanation : nothingLearned(study)}
    ${groups.map((group, i) => groupPart(group, i === 0, names))}
    ${importance.length ? importancePart(importance) : null}
  </section>`;
}

const explanation = html`<p>
  A learner sees pairs of variants with their outcomes, then names the better of two variants that
  it has not seen. The configuration is known before any training, so a learner of indicators is
  useful only if it does better than the configuration alone.
</p>`;

function nothingLearned({ name }: Study): VNode {
  return html`<p>
    No fit with a learner is recorded. To make one:${' '}
    <code>npx foretune fit ${name} --protocol paper</code>
  </p>`;
}

function groupPart({ group, tasks }: LearnedFigures, isFirst: boolean, names: Names): VNode {
  return html`<h3>${protocolTitle(group)}</h3>
    <p class="muted">${protocolText(group)}</p>
    <figure class="row">
      <figcaption>
        How to read: a point is the accuracy on held-out pairs, the line is its 95% interval over
        variants, and the dashed line is a coin toss. ${' '}<span class="key"
          ><i class="swatch learned"></i> learned from indicators</span
        >${' '}<span class="key"><i class="swatch config"></i> configuration alone</span>${' '}<span
          class="key"
          ><i class="swatch muted"></i>
          ${names.baseline === null ? 'other' : `${names.baselineLabel}, the baseline`}</span
        >
      </figcaption>
      <div class="charts wide">
        ${tasks.map(({ task, svg, added }) =>
          figure(
            `Accuracy of each predictor on held-out pairs of ${task}; the table has the numbers`,
            svg,
            html`<b>${task}: ${added.headline}.</b>`,
          ),
        )}
      </div>
    </figure>
    ${list(tasks.map(({ task, added }) => `${task}: ${added.sentence}`))}
    <details class="numbers" open=${isFirst}>
      <summary>The numbers: ${protocolTitle(group)}</summary>
      ${learnedTable(tasks, names)}
    </details>`;
}

function learnedTable(tasks: readonly LearnedFigure[], names: Names): VNode {
  const uneven = tasks.some(({ fits }) => fits.some(isUneven));
  const head = html`<tr>
    <th>Task and predictor</th>
    <th class="number">Accuracy</th>
    <th class="number">Std over splits</th>
    <th class="number">95% interval</th>
    ${uneven ? html`<th class="number">Over all pairs</th>` : null}
    <th class="number">Errors of the baseline avoided</th>
    <th class="number">Splits</th>
    <th class="number">Pairs</th>
  </tr>`;
  const body = ({ task, fits }: LearnedFigure) =>
    html`<tbody>
      <tr class="group">
        <th colspan=${uneven ? 8 : 7} scope="rowgroup">
          ${task} <small>${names.task(task)}</small>
        </th>
      </tr>
      ${fits.map((fit) => learnedRow(fit, uneven, names))}
    </tbody>`;
  return table(head, tasks.map(body), 'Predictors on held-out pairs');
}

function learnedRow(fit: Fit, uneven: boolean, names: Names): VNode {
  const kind = kindOf(fit, names.baseline);
  const tag = {
    learned: null,
    configuration: 'configuration',
    baseline: 'baseline',
    proxy: null,
  };
  return html`<tr
    class=${kind === 'learned' ? 'best' : kind === 'baseline' ? 'baseline' : ''}
    data-learned=${JSON.stringify([fit.protocol, fit.train_task, fit.task, nameOf(fit)])}
  >
    <th scope="row">
      <code>${nameOf(fit)}</code> <small>${names.predictor(fit.proxy)}</small>${' '}
      ${tag[kind] ? html`<span class="tag">${tag[kind]}</span>` : null}
    </th>
    <td class="number strong">${share(fit.accuracy)}</td>
    <td class="number">${fit.std === null ? NOTHING : share(fit.std)}</td>
    <td class="number">${interval(fit.ci_low, fit.ci_high)}</td>
    ${uneven ? html`<td class="number">${share(pooled(fit))}</td>` : null}
    <td class="number">${fit.error_reduction === null ? NOTHING : percent(fit.error_reduction)}</td>
    <td class="number">${count(fit.n_splits ?? 1)}</td>
    <td class="number">${count(fit.n_pairs)}</td>
  </tr>`;
}

function pooled(fit: Fit): number {
  return detailsOf(fit).pooled_accuracy ?? fit.accuracy;
}

function isUneven(fit: Fit): boolean {
  return Math.abs(pooled(fit) - fit.accuracy) > 1e-9;
}

function protocolTitle({ protocol, train_task }: LearnedGroup): string {
  const from = train_task === null ? '' : `, learned from ${train_task}`;
  const [kind, ...rest] = protocol.split(':');
  const held = rest.join(':');
  if (kind === 'leave-study-out') return `Learned from another study, ${held}${from}`;
  if (kind !== 'leave-group-out') return `Unseen variants (${protocol})${from}`;
  const [setting, where] = held.split('/');
  return where === 'within'
    ? `Both variants have an unseen value of ${setting} (${protocol})${from}`
    : `One variant has an unseen value of ${setting} (${protocol})${from}`;
}

function protocolText({ protocol, tasks }: LearnedGroup): string {
  const [fit] = tasks.flatMap(({ fits }) => fits);
  const splits = counted(fit?.n_splits ?? 1, 'split');
  if (protocol.startsWith('paper'))
    return `${splits}: in each, learners are trained on 60% of the variants at random and tested on the ${counted(fit?.n_pairs ?? 0, 'pair')} of the others. Every predictor is judged on the same pairs.`;
  if (protocol.endsWith('/within'))
    return `${splits}: each holds out all variants with one value and tests pairs among them, for which the setting says nothing.`;
  if (protocol.endsWith('/against'))
    return `${splits}: each holds out all variants with one value and tests pairs of a held-out variant and a training variant.`;
  return 'Trained on that study only, tested on all pairs of this one.';
}

function importancePart(figures: readonly ImportanceFigure[]): VNode {
  return html`<h3>Importance of features</h3>
    <figure class="row">
      <figcaption>
        How to read: a bar is the share of a learner’s gain that came from one feature, as a mean
        over splits. It shows what the learner used, not what causes the outcome.
      </figcaption>
      <div class="charts wide">
        ${figures.map(({ tasks, name, parts, svg }) =>
          figure(
            `Importance of features of ${name} on ${labels(tasks)}: ${parts.map((one) => `${one.indicator} ${share(one.share)}`).join(', ')}`,
            svg,
            html`<b>${labels(tasks)}: ${importanceTitle(parts)}</b> ${name}`,
          ),
        )}
      </div>
    </figure>`;
}

function labels(tasks: readonly string[]): string {
  return listed(tasks);
}

function importanceTitle(parts: readonly Importance[]): string {
  const [first, second] = parts;
  if (!first || first.share === 0) return 'nothing was learned.';
  if (!second) return `${first.indicator} is the only feature used.`;
  return first.share - second.share < 0.05
    ? `no feature dominates: ${first.indicator} has a share of ${share(first.share)}, ${second.indicator} ${share(second.share)}.`
    : `${first.indicator} has the largest share, ${share(first.share)}.`;
}
