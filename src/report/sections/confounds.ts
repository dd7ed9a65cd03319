/** Other explanations of the answer. */
import type { Study } from '../../domain/schema';
import type { Answer } from '../answer';
import type { Factor, Factors } from '../factors';
import { count, counted, listed, measured, NOTHING, share } from '../format';
import { html, list, table, type VNode } from '../html';
import type { Judged } from '../judged';
import { oddVariantsPart } from './doubts';
import type { Oddities } from '../../predict/oddities';

/** With more names than this a sentence is hard to read. */
const MOST_NAMED = 8;

export interface Confounds {
  readonly study: Study;
  readonly tasks: readonly string[];
  readonly factors: Factors;
  readonly oddities: Oddities;
  readonly answers: readonly Answer[];
  readonly judged: readonly Judged[];
}

export function confoundsSection(confounds: Confounds): VNode {
  const remarks = [
    ...studyRemarks(confounds.study),
    ...factorRemarks(confounds),
    ...oddityRemarks(confounds.oddities),
  ];
  return html`<section aria-labelledby="confounds">
    <h2 id="confounds">What else could explain the answer?</h2>
    ${confounds.factors.factors.length ? factorTable(confounds) : null} ${list(remarks)}
    ${oddVariantsPart(confounds.oddities, confounds.judged)}
  </section>`;
}

function factorTable({ tasks, factors }: Confounds): VNode {
  const head = html`<tr>
    <th>Variants differ in</th>
    <th>Values</th>
    <th class="number">Pairs that differ only in this</th>
    ${tasks.map((task) => html`<th class="number">Accuracy of ordering by it, ${task}</th>`)}
  </tr>`;
  const row = (factor: Factor) =>
    html`<tr>
      <th scope="row"><code>${factor.name}</code></th>
      <td>${shorten(factor.values)}</td>
      <td class="number">${count(factor.pairs_alone)}</td>
      ${tasks.map((task) => {
        const accuracy = factor.accuracies?.get(task);
        return html`<td class="number">${accuracy === undefined ? NOTHING : share(accuracy)}</td>`;
      })}
    </tr>`;
  const rows = html`<tbody>
    ${factors.factors.map(row)}
  </tbody>`;
  return table(head, rows, 'Settings in which the variants differ');
}

function factorRemarks({ factors, answers }: Confounds): string[] {
  const remarks = factors.factors.flatMap((factor) => rivalRemark(factor, answers));
  if (factors.pairs_mixed)
    remarks.push(
      `${count(factors.pairs_mixed)} of ${counted(factors.n_pairs, 'pair')} differ in several settings at once: an accuracy over all pairs cannot separate the effects of settings that change together.`,
    );
  return remarks;
}

/**
 * If a setting orders the variants as well as the best proxy, the proxy may reflect only that
 * setting.
 */
function rivalRemark(factor: Factor, answers: readonly Answer[]): string[] {
  const rivalled = answers.filter(({ task, best }) => {
    const accuracy = factor.accuracies?.get(task);
    if (accuracy === undefined || best.ci_low <= 0.5) return false;
    return Math.max(accuracy, 1 - accuracy) >= best.ci_low;
  });
  if (!rivalled.length) return [];
  const tasks = listed(rivalled.map(({ task }) => task));
  return [
    `${factor.name} alone orders the pairs about as well as the best predictor on ${tasks}, which may therefore reflect only ${factor.name}.`,
  ];
}

function studyRemarks(study: Study): string[] {
  if (study.kind === 'imported')
    return [
      'The numbers are as published. This report cannot check how they were measured, with which seeds, or in what else the variants differ.',
    ];
  return [
    'Each variant was pre-trained once, with one seed, so differences between variants include the effect of that seed. To estimate the effect, run the study with another --seed.',
  ];
}

function oddityRemarks({ equal, outliers }: Oddities): string[] {
  const twins = equal.map((group) => listed(group)).slice(0, MOST_NAMED);
  const far = outliers
    .slice(0, MOST_NAMED)
    .map(
      ({ variant_id, name, value, median }) =>
        `${variant_id} (${name} ${measured(value)}, median ${measured(median)})`,
    );
  const more = outliers.length > far.length ? `, and ${outliers.length - far.length} more` : '';
  return [
    ...(twins.length
      ? [`Identical in every number, and not removed: variants ${twins.join('; variants ')}.`]
      : []),
    ...(far.length ? [`Outliers, not removed: variant ${far.join(', ')}${more}.`] : []),
  ];
}

function shorten(values: readonly string[]): string {
  if (values.length <= MOST_NAMED) return values.join(', ');
  return `${values.slice(0, MOST_NAMED).join(', ')} … (${values.length})`;
}
