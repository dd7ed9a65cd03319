/** What keeps jobs from their cluster, in lines. */
import type { Troubles } from '../../temporal/troubles';

/** Each reason once. */
export function troubleLines(troubles: Troubles): string[] {
  return [...new Set(troubles.values())].map((words) => `trying again: ${words}`);
}
