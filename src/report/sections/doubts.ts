/** Which pairs have a real order, and how accuracies change without suspicious variants. */
import { copiesOf, effectOfLeavingOut, type LeavingOut } from '../../predict/leaving-out';
import type { LabelNoise, Resolution } from '../../predict/label-noise';
import type { Oddities } from '../../predict/oddities';
import { count, listed, NOTHING, percent, share } from '../format';
import { html, table, type VNode } from '../html';
import type { Judged } from '../judged';

/** The accuracy of one predictor with and without the unresolved pairs. */
export interface Resolved {
  readonly task: string;
  readonly name: string;
  readonly accuracy: number;
  readonly resolution: Resolution;
}

const SOURCES: Readonly<Record<LabelNoise['source'], string>> = {
  seeds: 'the spread between fine-tuning seeds',
  stderr: 'standard errors over items',
  'seeds+stderr': 'the spread between fine-tuning seeds and standard errors over items',
  none: '',
};

export function resolutionPart(resolved: readonly Resolved[]): VNode | null {
  if (!resolved.length) return null;
  const known = resolved.filter(({ resolution }) => resolution.unresolved !== null);
  if (!known.length)
    return html`<p>
      Which pairs are resolved is not known: neither several seeds nor standard errors are recorded
      for every variant.
    </p>`;
  return html`<h3>${resolutionTitle(known)}</h3>
    <p>
      A pair is resolved when its two outcomes differ by more than their noise (95% level), which is
      estimated from${' '}
      ${listed([...new Set(known.map(({ resolution }) => SOURCES[resolution.source]))])}. The order
      of the other pairs can only be guessed.
    </p>
    ${resolutionTable(known)}`;
}

function resolutionTitle(known: readonly Resolved[]): string {
  const shares = new Map(known.map(({ task, resolution }) => [task, resolution.unresolved ?? 0]));
  const words = [...shares].map(([task, unresolved]) => `${percent(unresolved)} on ${task}`);
  return `Pairs whose order may be chance: ${listed(words)}`;
}

function resolutionTable(known: readonly Resolved[]): VNode {
  const head = html`<tr>
    <th>Task and predictor</th>
    <th class="number">Pairs judged</th>
    <th class="number">Not resolved</th>
    <th class="number">Accuracy on all</th>
    <th class="number">Accuracy on resolved pairs</th>
  </tr>`;
  const row = ({ task, name, accuracy, resolution }: Resolved) =>
    html`<tr data-resolved=${JSON.stringify([task, name])}>
      <th scope="row">${task} <small>${name}</small></th>
      <td class="number">${count(resolution.n_pairs)}</td>
      <td class="number">${optional(resolution.unresolved)}</td>
      <td class="number">${share(accuracy)}</td>
      <td class="number strong">${optional(resolution.accuracy_resolved)}</td>
    </tr>`;
  const body = html`<tbody>
    ${known.map(row)}
  </tbody>`;
  return table(head, body, 'Accuracy on resolved pairs');
}

interface Left extends LeavingOut {
  readonly task: string;
  readonly name: string;
}

const REASONS: Readonly<Record<LeavingOut['reason'], string>> = {
  copies: 'copies of others',
  collapsed: 'far worse than all others',
  both: 'both kinds',
};

export function oddVariantsPart(oddities: Oddities, judged: readonly Judged[]): VNode | null {
  const left = judged.flatMap((one) => leftOut(one, oddities));
  if (!left.length) return null;
  return html`<h3>${oddTitle(left)}</h3>
    <p>${oddText(oddities)}</p>
    ${oddTable(left)}`;
}

function leftOut({ task, name, pairs }: Judged, oddities: Oddities): Left[] {
  return effectOfLeavingOut(pairs, oddities).map((effect) => ({ task, name, ...effect }));
}

function oddTitle(left: readonly Left[]): string {
  const changes = left.flatMap((one) =>
    one.accuracy_without === null ? [] : [Math.abs(one.accuracy_without - one.accuracy)],
  );
  if (!changes.length) return 'No pair is left without the odd variants';
  return `Leaving out odd variants changes accuracies by at most ${share(Math.max(...changes))}`;
}

function oddText(oddities: Oddities): string {
  const copies = copiesOf(oddities);
  return copies.length
    ? `Of variants that are identical in every number, only the first is kept; ${listed(copies)} ${copies.length === 1 ? 'is' : 'are'} left out. Predictors are not refitted.`
    : 'Predictors are not refitted.';
}

function oddTable(left: readonly Left[]): VNode {
  const head = html`<tr>
    <th>Task and predictor</th>
    <th>Left out</th>
    <th class="number">Accuracy with them</th>
    <th class="number">Without</th>
    <th class="number">Pairs left</th>
  </tr>`;
  const row = (one: Left) =>
    html`<tr data-odd=${JSON.stringify([one.task, one.name, one.reason])}>
      <th scope="row">${one.task} <small>${one.name}</small></th>
      <td>${REASONS[one.reason]}: ${listed(one.left_out)}</td>
      <td class="number">${share(one.accuracy)}</td>
      <td class="number strong">${optional(one.accuracy_without)}</td>
      <td class="number">${count(one.n_pairs_without)}</td>
    </tr>`;
  const body = html`<tbody>
    ${left.map(row)}
  </tbody>`;
  return table(head, body, 'Accuracy without odd variants');
}

function optional(value: number | null): string {
  return value === null ? NOTHING : share(value);
}
