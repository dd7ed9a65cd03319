/** The meaning of colors and shapes. */
import { html, type VNode } from '../html';
import { colorOf, SHAPES, shapeOf, type Looks } from '../looks';
import { MOST_NUMBERED } from '../plots/scatters';
import { glyph } from './glyph';

/** Each variant with its number if there are few, otherwise the meaning of colors and shapes. */
export function variantLegend({ variants, colors, shapes }: Looks): VNode {
  if (variants.size <= MOST_NUMBERED)
    return html`<ul class="legend">
      ${[...variants].map(
        ([id, look]) =>
          html`<li>
            ${glyph(look.shape, look.color)} ${id}${' '}
            <small>${look.number}</small>
          </li>`,
      )}
    </ul>`;
  return html`<dl class="legend">
    ${colors && html`<dt>${colors.setting}</dt>`}
    ${colors?.values.map((name, i) => html`<dd>${dot(i)} ${name}</dd>`)}
    ${shapes && html`<dt>${shapes.setting}</dt>`}
    ${shapes?.values.map((name, i) => html`<dd>${glyph(shapeOf(i))} ${name}</dd>`)}
  </dl>`;
}

export function colorLegend({ colors }: Looks): VNode | null {
  if (!colors) return null;
  return html`<ul class="legend">
    ${colors.values.map((name, i) => html`<li>${dot(i)} ${name}</li>`)}
  </ul>`;
}

function dot(index: number): VNode {
  return glyph(SHAPES[0], colorOf(index));
}
