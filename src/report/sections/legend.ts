/** What colours and shapes mean. */
import { html, type VNode } from '../html';
import { colourOf, SHAPES, shapeOf, type Looks } from '../looks';
import { MOST_NUMBERED } from '../plots/scatters';
import { glyph } from './glyph';

/** Each variant with its number where they are few, else objectives and mixtures. */
export function variantLegend({ variants, objectives, mixtures }: Looks): VNode {
  if (variants.size <= MOST_NUMBERED)
    return html`<ul class="legend">
      ${[...variants].map(
        ([id, look]) =>
          html`<li>
            ${glyph(look.shape, look.colour)} ${id}${' '}
            <small>${look.number}</small>
          </li>`,
      )}
    </ul>`;
  return html`<dl class="legend">
    <dt>Objective</dt>
    ${objectives.map((name, i) => html`<dd>${dot(i)} ${name}</dd>`)}
    <dt>Mixture</dt>
    ${mixtures.map((name, i) => html`<dd>${glyph(shapeOf(i))} ${name}</dd>`)}
  </dl>`;
}

export function objectiveLegend({ objectives }: Looks): VNode {
  return html`<ul class="legend">
    ${objectives.map((name, i) => html`<li>${dot(i)} ${name}</li>`)}
  </ul>`;
}

function dot(index: number): VNode {
  return glyph(SHAPES[0], colourOf(index));
}
