/** What a study answers to a change. */
import type { Steered } from '../../temporal/steer';
import type { CliContext } from '../context';
import { printObject } from './output';

export function printSteered(context: CliContext, steered: Steered): void {
  printObject(context, steered, () => steeredText(steered));
}

function steeredText(steered: Steered): string {
  const { study, paused, cancelled, window, open, variants_ended, variants_to_run } = steered;
  const state = cancelled ? 'is being cancelled' : paused ? 'is paused' : 'goes on';
  return [
    `${study} ${state}: ${variants_ended} of ${variants_to_run} variants ended, ${open.length} open, ${window} at most at once`,
    ...(paused && !cancelled
      ? [`Jobs that run go on to their end. Go on: npx foretune resume ${study}`]
      : []),
  ].join('\n');
}
