/** The mark of a variant as a drawing: fonts do not have all of these shapes. */
import { html, type VNode } from '../html';
import type { Shape } from '../looks';

/** Without a color it has the color of the text. */
export function glyph({ path }: Shape, color?: number): VNode {
  return html`<svg class="glyph" data-color=${color} viewBox="-5 -5 10 10" aria-hidden="true">
    <path d=${path} fill="currentColor" />
  </svg>`;
}
