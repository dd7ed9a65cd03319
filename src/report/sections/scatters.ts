/** Indicators against outcomes, one small plot each, and the numbers behind them. */
import type { Row } from '../../dataset/tables';
import type { Measured } from '../../predict/measurements';
import { BASELINE } from '../../predict/unsupervised';
import { columnFormat, compact, counted, NOTHING, share } from '../format';
import { figure, html, table, type VNode } from '../html';
import type { Looks } from '../looks';
import { taskLabel, taskName } from '../names';
import { MOST_DRAWN, MOST_NUMBERED } from '../plots/scatters';
import { glyph } from './glyph';
import { variantLegend } from './legend';

export interface Scatter {
  readonly task: string;
  readonly indicator: string;
  readonly svg: string;
  readonly n_variants: number;
  /** Pairwise accuracy of the indicator on the task, when it was fitted. */
  readonly accuracy: number | undefined;
}

export function scatterSection(
  tasks: readonly string[],
  scatters: readonly Scatter[],
  looks: Looks,
): VNode {
  if (!scatters.length) return nothingToCompare();
  const drawn = tasks.filter((task) => scatters.some((one) => one.task === task));
  return html`<section aria-labelledby="scatters">
    <h2 id="scatters">Indicators against outcomes</h2>
    <p>
      A point is a variant: across, the indicator before fine-tuning; up, the outcome after it.
      Under each plot stands the accuracy of the indicator on all pairs. Point at a variant to read
      its numbers.
    </p>
    ${variantLegend(looks)}
    ${drawn.map(
      (task) =>
        html`<h3>${taskLabel(task)} <small>${taskName(task)}</small></h3>
          <div class="charts small">
            ${scatters.filter((one) => one.task === task).map(scatterFigure)}
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

function scatterFigure({ task, indicator, svg, n_variants, accuracy }: Scatter): VNode {
  return figure(
    `${counted(n_variants, 'variant')}${n_variants > MOST_DRAWN ? `, ${MOST_DRAWN} of them drawn` : ''}: ${indicator} across, outcome on ${taskLabel(task)} up; the table of variants has the numbers`,
    svg,
    html`accuracy <b>${accuracy === undefined ? NOTHING : share(accuracy)}</b>${' '}
      ${indicator === BASELINE ? html`<span class="tag">baseline</span>` : null}`,
  );
}

/** The numbers of every plot, for those who read tables, screen readers among them. */
export function variantsSection(
  variants: readonly Row<'variants'>[],
  measured: Measured,
  looks: Looks,
): VNode | null {
  if (!variants.length) return null;
  const columns = [
    ...[...measured.indicators].map(([name, values]) => ({ name, kind: 'indicator', values })),
    ...[...measured.outcomes].map(([name, values]) => ({ name, kind: 'outcome', values })),
  ].map((column) => ({ ...column, format: columnFormat([...column.values.values()]) }));
  const head = html`<tr>
    <th>Variant</th>
    <th>Objective</th>
    <th>Mixture</th>
    <th class="number">Learning rate</th>
    ${columns.map(
      ({ name, kind }) => html`<th class="number"><code>${name}</code> <small>${kind}</small></th>`,
    )}
  </tr>`;
  const row = (variant: Row<'variants'>) =>
    html`<tr>
      <th scope="row">${symbol(variant, looks)} ${variant.variant_id}</th>
      <td>${variant.objective ?? NOTHING}</td>
      <td>${variant.mixture ?? NOTHING}</td>
      <td class="number">${variant.lr === null ? NOTHING : compact(variant.lr)}</td>
      ${columns.map(({ values, format }) => {
        const value = values.get(variant.variant_id);
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

/** A longer list stands in the dataset alone. */
const MOST_LISTED = 1000;

function listTitle(variants: number): string {
  if (variants <= MOST_LISTED) return `All ${counted(variants, 'variant')}`;
  return `The first ${MOST_LISTED} of ${counted(variants, 'variant')}`;
}

function symbol({ variant_id }: Row<'variants'>, { variants }: Looks): VNode | null {
  const look = variants.get(variant_id);
  if (!look) return null;
  return glyph(look.shape, look.colour);
}
