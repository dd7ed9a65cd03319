/** Indicators against outcomes, one small plot each, and a table of their numbers. */
import type { Measure } from '../../domain/words';
import type { FeatureTable } from '../../predict/feature-table';
import type { ByVariant } from '../../predict/measurements';
import { isName, varies, type Setting } from '../../predict/settings';
import { rawValue } from '../../predict/targets';
import { columnFormat, compact, counted, NOTHING, share } from '../format';
import { figure, html, table, type VNode } from '../html';
import type { Looks } from '../looks';
import type { Names } from '../names';
import { MOST_DRAWN, MOST_NUMBERED } from '../plots/scatters';
import { glyph } from './glyph';
import { variantLegend } from './legend';

export interface Scatter {
  readonly task: string;
  readonly indicator: string;
  readonly svg: string;
  readonly n_variants: number;
  /** Pairwise accuracy of the indicator on the task, if it was fitted. */
  readonly accuracy: number | undefined;
}

export function scatterSection(names: Names, scatters: readonly Scatter[], looks: Looks): VNode {
  if (!scatters.length) return nothingToCompare();
  const drawn = names.tasks.filter((task) => scatters.some((one) => one.task === task));
  return html`<section aria-labelledby="scatters">
    <h2 id="scatters">Indicators against outcomes</h2>
    <p>
      Each point is a variant: the x axis is the indicator before fine-tuning, the y axis the
      outcome after it. The accuracy of the indicator on all pairs is below each plot. Hover over a
      point to read its numbers.
    </p>
    ${variantLegend(looks)}
    ${drawn.map(
      (task) =>
        html`<h3>${task} <small>${names.task(task)}</small></h3>
          <div class="charts small">
            ${scatters.filter((one) => one.task === task).map((one) => scatterFigure(one, names))}
          </div>`,
    )}
  </section>`;
}

function nothingToCompare(): VNode {
  return html`<section aria-labelledby="scatters">
    <h2 id="scatters">Indicators against outcomes</h2>
    <p>No variant has both an indicator and an outcome yet, so there is nothing to draw.</p>
  </section>`;
}

function scatterFigure(
  { task, indicator, svg, n_variants, accuracy }: Scatter,
  { baseline }: Names,
): VNode {
  return figure(
    `${counted(n_variants, 'variant')}${n_variants > MOST_DRAWN ? `, ${MOST_DRAWN} of them drawn` : ''}: ${indicator} on the x axis, outcome on ${task} on the y axis; the table of variants has the numbers`,
    svg,
    html`accuracy <b>${accuracy === undefined ? NOTHING : share(accuracy)}</b>${' '}
      ${indicator === baseline ? html`<span class="tag">baseline</span>` : null}`,
  );
}

/** The numbers of every plot, for readers of tables, including screen readers. */
export function variantsSection(features: FeatureTable, looks: Looks): VNode | null {
  const { variants } = features;
  if (!variants.length) return null;
  const columns = columnsOf(features);
  const settings = settingsShown(features);
  const head = html`<tr>
    <th>Variant</th>
    ${settings.map(({ name, kind }) => html`<th class=${alignment(kind)}><code>${name}</code></th>`)}
    ${columns.map(
      ({ name, kind, better }) =>
        html`<th class="number">
          <code>${name}</code>
          <small>${kind}${better === 'lower' ? ', lower is better' : ''}</small>
        </th>`,
    )}
  </tr>`;
  const row = (id: string) =>
    html`<tr>
      <th scope="row">${symbol(id, looks)} ${id}</th>
      ${settings.map((one) => html`<td class=${alignment(one.kind)}>${settingText(one, id)}</td>`)}
      ${columns.map(({ values, format }) => {
        const value = values.get(id);
        return html`<td class="number">${value === undefined ? NOTHING : format(value)}</td>`;
      })}
    </tr>`;
  return html`<details class="numbers" open=${variants.length <= MOST_NUMBERED}>
    <summary>${listTitle(variants.length)} and their numbers</summary>
    ${table(
      head,
      html`<tbody>
        ${variants.slice(0, MOST_LISTED).map(row)}
      </tbody>`,
      'Variants and their numbers',
    )}
  </details>`;
}

/** As measured. */
function columnsOf({ indicators, targets }: FeatureTable) {
  const column = (kind: string, measure: Measure, turned: ByVariant) => {
    const values = new Map([...turned].map(([id, value]) => [id, rawValue(measure, value)]));
    const { name, better } = measure;
    return { kind, name, better, values, format: columnFormat([...values.values()]) };
  };
  return [
    ...[...indicators.values()].map((one) => column('indicator', one, one.values)),
    ...[...targets.values()].map((one) => column('outcome', one, one.outcomes)),
  ];
}

/** More columns than this leave no space for the measurements. */
const MOST_SETTINGS = 6;

function settingsShown({ settings, variants }: FeatureTable): Setting[] {
  const shown = [...settings.values()].filter(
    (one) => one.record === null && varies(one, variants) && !isName(one),
  );
  return shown.slice(0, MOST_SETTINGS);
}

function alignment(kind: Setting['kind']): string {
  return kind === 'number' ? 'number' : '';
}

function settingText({ values }: Setting, id: string): string {
  const value = values.get(id);
  if (value === undefined) return NOTHING;
  return typeof value === 'number' ? compact(value) : String(value);
}

/** A longer list is only in the dataset. */
const MOST_LISTED = 1000;

function listTitle(variants: number): string {
  if (variants <= MOST_LISTED) return `All ${counted(variants, 'variant')}`;
  return `The first ${MOST_LISTED} of ${counted(variants, 'variant')}`;
}

function symbol(id: string, { variants }: Looks): VNode | null {
  const look = variants.get(id);
  return look ? glyph(look.shape, look.color) : null;
}
