/** The answer first: one sentence for each task. */
import type { Answer } from '../answer';
import { interval, share } from '../format';
import { html, type VNode } from '../html';
import type { Names } from '../names';
import type { LearnedFigures } from './learned';
import type { Row } from '../../dataset/tables';

export function answerSection(
  names: Names,
  answers: readonly Answer[],
  learned: readonly LearnedFigures[],
): VNode {
  const unanswered = names.tasks.filter((task) => answers.every((answer) => answer.task !== task));
  return html`<section aria-labelledby="answer">
    <h2 id="answer">Which numbers name the better variant before fine-tuning?</h2>
    <div class="answers">
      ${answers.map((answer) => answerCard(answer, learnedOn(answer.task, learned), names))}
      ${unanswered.map(
        (task) =>
          html`<article>
            ${cardTitle(task, names)}
            <p>
              No answer yet: on ${task} fewer than two variants have both an indicator and an
              outcome.
            </p>
          </article>`,
      )}
    </div>
  </section>`;
}

function learnedOn(task: string, [first]: readonly LearnedFigures[]): string {
  const added = first?.tasks.find((one) => one.task === task)?.added;
  return added ? `Learners, on held-out variants: ${added.headline}.` : '';
}

function answerCard(
  { task, best, baseline, sentence, caveats }: Answer,
  learned: string,
  names: Names,
): VNode {
  return html`<article>
    ${cardTitle(task, names)}
    <dl class="scores">
      ${score(best, 'best')} ${baseline && baseline !== best ? score(baseline, 'baseline') : null}
    </dl>
    <p class="sentence">${sentence}</p>
    ${learned ? html`<p class="caveat"><a href="#learned">${learned}</a></p>` : null}
    ${caveats.map((caveat) => html`<p class="caveat">${caveat}</p>`)}
  </article>`;
}

function cardTitle(task: string, names: Names): VNode {
  return html`<h3>${task} <small>${names.task(task)}</small></h3>`;
}

function score(fit: Row<'fits'>, kind: 'best' | 'baseline'): VNode {
  return html`<div class=${kind}>
    <dt>
      <code>${fit.proxy}</code>${' '}
      ${kind === 'baseline' ? html`<span class="tag">baseline</span>` : null}
    </dt>
    <dd>
      <b>${share(fit.accuracy)}</b> <span class="range">${interval(fit.ci_low, fit.ci_high)}</span>
    </dd>
  </div>`;
}
