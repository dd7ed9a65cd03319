/** What training logged. */
import { counted } from '../format';
import { figure, html, type VNode } from '../html';

export interface CurveFigure {
  readonly title: string;
  readonly n_runs: number;
  readonly svg: string;
}

export function curvesSection(figures: readonly CurveFigure[], left_out: number): VNode | null {
  if (!figures.length) return null;
  return html`<section aria-labelledby="curves">
    <h2 id="curves">Training curves</h2>
    <p>
      A line is a run, in the colour of its objective; grey is the shared base.
      ${
        left_out
          ? ` ${counted(left_out, 'more plot')} would not fit; the table curves has all points.`
          : ''
      }
    </p>
    <div class="charts wide">
      ${figures.map(({ title, n_runs, svg }) =>
        figure(`Training curves: ${title}`, svg, html`<b>${title}</b> ${counted(n_runs, 'run')}`),
      )}
    </div>
  </section>`;
}
