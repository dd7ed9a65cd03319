/**
 * Vega-Lite specifications to SVG text, without a browser. Colors are the style sheet's variables.
 */
import type { TopLevelSpec } from 'vega-lite';

/** Plain axes; fonts and colors of text come from report.css, which overrides attributes. */
const CONFIG: TopLevelSpec['config'] = {
  background: 'transparent',
  view: { stroke: null },
  font: 'sans-serif',
  axis: {
    gridColor: 'var(--rule)',
    domainColor: 'var(--axis)',
    tickColor: 'var(--axis)',
    labelColor: 'var(--muted)',
    titleColor: 'var(--muted)',
    labelFontSize: 11,
    titleFontSize: 11,
    titleFontWeight: 'normal',
    tickSize: 4,
    labelPadding: 4,
  },
};

/**
 * Renders a plot. Vega and Vega-Lite are loaded on first use: they take a second, and most commands
 * draw nothing.
 */
export async function renderSvg(spec: TopLevelSpec): Promise<string> {
  const [vegaLite, vega] = await Promise.all([import('vega-lite'), import('vega')]);
  const { spec: compiled } = vegaLite.compile({ ...spec, config: CONFIG });
  const view = new vega.View(vega.parse(compiled), { renderer: 'none' });
  try {
    return addTitles(await view.toSVG());
  } finally {
    view.finalize();
  }
}

/**
 * Shows each mark's label on hover. Vega escapes `<`, `>` and `"` in its output, so that a pattern
 * is safe here, and the label is already escaped.
 */
function addTitles(svg: string): string {
  return svg.replace(
    /<path aria-label="([^"]+)" role="graphics-symbol"([^>]*)\/>/g,
    '<path aria-label="$1" role="graphics-symbol"$2><title>$1</title></path>',
  );
}
