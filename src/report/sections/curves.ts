/** The training logs. */
import { count, counted } from '../format';
import { figure, html, type VNode } from '../html';
import type { Looks } from '../looks';
import { colorLegend } from './legend';

export interface CurveFigure {
  readonly title: string;
  readonly n_runs: number;
  readonly not_finite: number;
  /** Null if there is no point to draw. */
  readonly svg: string | null;
}

export function curvesSection(
  figures: readonly CurveFigure[],
  left_out: number,
  looks: Looks,
): VNode {
  return html`<section aria-labelledby="curves">
    <h2 id="curves">Training curves</h2>
    <p>${figures.length ? explanation(left_out, looks) : 'No training log is recorded.'}</p>
    ${figures.length ? colorLegend(looks) : null}
    <div class="charts wide">${figures.map(curveFigure)}</div>
  </section>`;
}

function explanation(left_out: number, { colors }: Looks): string {
  const color = colors ? `, colored by ${colors.setting}` : '';
  const lines = `Each line is a run${color}; gray is the shared base.`;
  if (!left_out) return lines;
  return `${lines} ${counted(left_out, 'more plot')} not shown; the table curves has all points.`;
}

function curveFigure({ title, n_runs, not_finite, svg }: CurveFigure): VNode {
  const diverged = not_finite ? `, ${count(not_finite)} of the points not finite` : '';
  const caption = html`<b>${title}</b> ${counted(n_runs, 'run')}${diverged}`;
  if (svg === null) return html`<p>${caption}: nothing to draw.</p>`;
  return figure(`Training curves: ${title}`, svg, caption);
}
