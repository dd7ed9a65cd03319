/** Why jobs cannot be submitted to their cluster, as lines. */
import type { Troubles } from '../../temporal/troubles';

/** Each reason once. */
export function troubleLines(troubles: Troubles): string[] {
  return [...new Set(troubles.values())].map((words) => `trying again: ${words}`);
}
