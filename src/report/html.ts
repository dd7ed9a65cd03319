/** HTML by `htm` templates over preact: values are escaped by construction. */
import htm from 'htm';
import { h, type VNode } from 'preact';

export type { VNode };

export const html = htm.bind(h) as (
  strings: TemplateStringsArray,
  ...values: readonly unknown[]
) => VNode;

/**
 * A plot with its caption. `svg` must come from our own renderer, which escapes its input.
 */
export function figure(label: string, svg: string, caption: unknown): VNode {
  return html`<figure>
    <div class="plot" role="img" aria-label=${label} dangerouslySetInnerHTML=${{ __html: svg }} />
    <figcaption>${caption}</figcaption>
  </figure>`;
}

/** A table that scrolls alone on a narrow page. */
export function table(head: VNode, body: VNode | readonly VNode[], label: string): VNode {
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${label}>
    <table>
      <thead>
        ${head}
      </thead>
      ${body}
    </table>
  </div>`;
}

export function list(items: readonly string[]): VNode {
  return html`<ul>
    ${items.map((item) => html`<li>${item}</li>`)}
  </ul>`;
}
