/**
 * When a prediction can be trusted: by gap, by probability, with undecided pairs, and as a ranking.
 */
import type { Study } from '../../domain/schema';
import type { Calibration } from '../../predict/calibration';
import { percent, share } from '../format';
import {
  reductionFinding,
  WANTED_ACCURACY,
  type Coverage,
  type Finding,
  type Gap,
  type Ranking,
} from '../findings';
import { figure, html, list, type VNode } from '../html';
import type { Judged, Unjudged } from '../judged';
import type { Names } from '../names';
import { recallCut } from '../plots/recall';

export interface Drawn<T> extends Finding<T> {
  readonly svg: string;
}

export interface TrustFigures {
  readonly judged: Judged;
  readonly gaps: Drawn<readonly Gap[]>;
  readonly calibration: Drawn<Calibration>;
  readonly coverage: Drawn<Coverage>;
  readonly ranking: Drawn<Ranking>;
}

export function trustSection(
  study: Study,
  names: Names,
  tasks: readonly TrustFigures[],
  missing: readonly Unjudged[],
): VNode {
  return html`<section aria-labelledby="trust">
    <h2 id="trust">When can a prediction be trusted?</h2>
    ${tasks.length ? html`<p>${whoPredicts(study, tasks)}</p>` : null}
    ${list(
      tasks.flatMap(({ judged }) => {
        const finding = reductionFinding(judged, names.baselineLabel);
        return finding === null ? [] : [`${judged.task}: ${finding}.`];
      }),
    )}
    ${list(missing.map(({ task, reason }) => `${task}: not computed. ${reason}`))}
    ${tasks.length ? rows(tasks) : null}
  </section>`;
}

function whoPredicts({ name }: Study, tasks: readonly TrustFigures[]): string {
  const recorded = tasks.map(({ judged }) => judged).find(({ kind }) => kind === 'recorded');
  const computed = tasks.some(({ judged }) => judged.kind === 'computed');
  const words = [
    ...(recorded
      ? [
          `Recorded predictions of ${recorded.name} (${recorded.protocol}) for variants that it had not seen. It was not selected by its accuracy here: it is the first recorded learner, or nested selection.`,
        ]
      : []),
    ...(computed
      ? [
          `${recorded ? 'Where none are recorded,' : 'No predictions of a learner are recorded, so'} a pairwise logistic model over all indicators predicts each pair; it is fitted without the outcomes of either variant. To record predictions of a learner: npx foretune fit ${name} --protocol paper.`,
        ]
      : []),
  ];
  return words.join(' ');
}

function rows(tasks: readonly TrustFigures[]): VNode[] {
  return [
    row(
      'Close and clear pairs',
      html`How to read: a bar is the accuracy on a fifth of the pairs, from the smallest difference
      of outcomes to the largest, with its 95% interval; ${baselineKey} marks the baseline on the
      same pairs.`,
      tasks,
      ({ gaps }) => gaps,
    ),
    row(
      'When is it confident enough to answer?',
      html`How to read: the line is the accuracy on the most confident pairs; further to the right,
      more pairs are decided. The ${dotKey} is the result if pairs are called too close when their
      expected accuracy is below ${percent(WANTED_ACCURACY)} (a margin chosen on pairs of other
      variants).`,
      tasks,
      ({ coverage }) => coverage,
    ),
    row(
      'Does 80% mean 80%?',
      html`How to read: the x axis is the predicted probability, the y axis how often it came true.
      On the dashed line both are equal; below it on the right the predictor is overconfident.`,
      tasks,
      ({ calibration }) => calibration,
      ({ calibration: { figures } }) =>
        `Expected calibration error (ECE) ${share(figures.ece)}, Brier score ${share(figures.brier)} (coin toss: 0.250).`,
    ),
    row(
      'Finding the best variant',
      html`How to read: the y axis is how often the best variant is among the first of the ranking.
      The dashed line is chance, and ${baselineKey} is the baseline’s ranking.`,
      tasks,
      ({ ranking }) => ranking,
      ({ ranking }) => recallCut(ranking.figures),
    ),
  ];
}

const baselineKey = html`<span class="key"><i class="swatch baseline"></i> gray</span>`;
const dotKey = html`<span class="key"><i class="swatch config"></i> dot</span>`;

function row(
  title: string,
  reading: VNode,
  tasks: readonly TrustFigures[],
  pick: (figures: TrustFigures) => { readonly title: string; readonly svg: string },
  more: (figures: TrustFigures) => string = () => '',
): VNode {
  return html`<h3>${title}</h3>
    <figure class="row">
      <figcaption>${reading}</figcaption>
      <div class="charts wide">
        ${tasks.map((one) => {
          const { title: conclusion, svg } = pick(one);
          const label = `${one.judged.task}: ${conclusion} ${more(one)}`;
          return figure(label, svg, html`<b>${one.judged.task}: ${conclusion}</b> ${more(one)}`);
        })}
      </div>
    </figure>`;
}
