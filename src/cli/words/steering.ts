/** The state of a study after `pause`, `cancel`, `window`, `retry` or `add`. */
import type { Steered } from '../../temporal/steer';
import type { CliContext } from '../context';
import { printObject } from './output';

export function printSteered(context: CliContext, steered: Steered): void {
  printObject(context, steered, () => steeredText(steered));
}

function steeredText(steered: Steered): string {
  const { study, paused, cancelled, window, open, variants_ended, variants_to_run } = steered;
  const state = cancelled ? 'is being cancelled' : paused ? 'is paused' : 'is running';
  return [
    `${study} ${state}: ${variants_ended} of ${variants_to_run} variants ended, ${open.length} open, at most ${window} at once`,
    ...(paused && !cancelled
      ? [`Running jobs continue to their end. To continue the study: npx foretune resume ${study}`]
      : []),
  ].join('\n');
}
