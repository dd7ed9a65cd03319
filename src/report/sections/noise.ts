/** How much of the measured differences is noise. */
import type { Study } from '../../domain/schema';
import { count, measured, NOTHING } from '../format';
import { html, table, type VNode } from '../html';
import { resolutionPart, type Resolved } from './doubts';
import { signalRatio, type Noise } from '../../predict/noise';

/** Below this ratio the order of two typical variants may well be chance. */
const CLEAR_SIGNAL = 2;

export function noiseSection(
  study: Study,
  noises: readonly Noise[],
  resolved: readonly Resolved[],
): VNode {
  const isKnown = noises.some((noise) => signalRatio(noise) !== null);
  return html`<section aria-labelledby="noise">
    <h2 id="noise">How noisy the numbers are</h2>
    <p>${isKnown ? known(noises) : unknown(study, noises)}</p>
    ${isKnown ? noiseTable(noises) : null} ${resolutionPart(resolved)}
  </section>`;
}

const KNOWN =
  'The spread between variants, compared with the noise of one measurement: the standard deviation between fine-tuning seeds of one variant where several were run, otherwise the standard error over items. At a ratio below 2, the order of two typical variants may well be chance.';

const ONE_SEED =
  'Where only one fine-tuning seed was run, its effect is part of the spread, not of the noise.';

function known(noises: readonly Noise[]): string {
  const isLucky = noises.some((noise) => noise.n_seeds === 1);
  return isLucky ? `${KNOWN} ${ONE_SEED}` : KNOWN;
}

function unknown(study: Study, noises: readonly Noise[]): string {
  if (!noises.length) return 'Nothing was measured yet.';
  return study.kind === 'imported'
    ? 'The source gives neither seeds nor standard errors, so it is not known how much of the spread between variants is noise. Tiny differences count as much as large ones in the accuracies above.'
    : 'Neither several seeds nor standard errors were recorded, so it is not known how much of the spread between variants is noise.';
}

function noiseTable(noises: readonly Noise[]): VNode {
  const head = html`<tr>
    <th>Measurement</th>
    <th class="number">Spread between variants</th>
    <th class="number">Between seeds</th>
    <th class="number">Seeds</th>
    <th class="number">Standard error</th>
    <th class="number">Items</th>
    <th class="number">Spread / noise</th>
  </tr>`;
  return table(
    head,
    html`<tbody>
      ${noises.map(noiseRow)}
    </tbody>`,
    'Spread and noise',
  );
}

function noiseRow(noise: Noise): VNode {
  const ratio = signalRatio(noise);
  const isWeak = ratio !== null && ratio < CLEAR_SIGNAL;
  return html`<tr>
    <th scope="row"><code>${noise.name}</code> <small>${noise.kind}</small></th>
    <td class="number">${measured(noise.between)}</td>
    <td class="number">${measured(noise.seeds)}</td>
    <td class="number">${noise.n_seeds || NOTHING}</td>
    <td class="number">${measured(noise.stderr)}</td>
    <td class="number">${noise.n_items === null ? NOTHING : count(noise.n_items)}</td>
    <td class="number">
      ${ratio === null ? NOTHING : ratio.toFixed(1)}
      ${isWeak ? html` <span class="tag warn">weak</span>` : null}
    </td>
  </tr>`;
}
