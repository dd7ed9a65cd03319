/** The recorded fits with learners, grouped by what was held out. Pure. */
import { z } from 'zod';
import type { Row } from '../dataset/tables';
import { mapGroups } from '../predict/measurements';
import { RANK } from '../predict/predictors/rank';

export type Fit = Row<'fits'>;

/** Fits with the same test pairs. */
export interface LearnedGroup {
  readonly protocol: string;
  /** The training task; null: each task was learned from its own outcomes. */
  readonly train_task: string | null;
  readonly tasks: readonly LearnedTask[];
}

export interface LearnedTask {
  readonly task: string;
  /**
   * Trained predictors first, then those that use the configuration alone, then untrained proxies.
   */
  readonly fits: readonly Fit[];
}

export type Kind = 'learned' | 'configuration' | 'baseline' | 'proxy';

const KINDS: readonly Kind[] = ['learned', 'configuration', 'baseline', 'proxy'];

const SettingsSchema = z.object({ protocol: z.unknown(), train_task: z.string().nullable() });
const DetailsSchema = z.object({
  pooled_accuracy: z.number().optional(),
  importance: z.record(z.string(), z.number()).optional(),
});

export function groupLearned(
  fits: readonly Fit[],
  tasks: readonly string[],
  baseline: string | null,
): LearnedGroup[] {
  const groups = mapGroups(fits, keyOf, (group) => groupOf(group, tasks, baseline));
  return [...groups.values()]
    .filter((group) => group.tasks.length > 0)
    .sort((x, y) => rankOf(x) - rankOf(y));
}

export function kindOf({ proxy, features }: Fit, baseline: string | null): Kind {
  if (features === 'config' || proxy.startsWith(RANK)) return 'configuration';
  if (features !== null) return 'learned';
  return proxy === baseline ? 'baseline' : 'proxy';
}

/** Accuracy over all test pairs, and the share of each feature in the importance. */
export function detailsOf({ details_json }: Fit): z.infer<typeof DetailsSchema> {
  return DetailsSchema.parse(JSON.parse(details_json ?? '{}'));
}

/** Selected without looking at its accuracy: nested selection, otherwise the first one recorded. */
export function firstLearned(
  fits: readonly Fit[],
  features: 'indicators' | 'both',
): Fit | undefined {
  const learned = fits.filter((fit) => fit.features === features);
  return learned.find(({ learner }) => learner === 'nested') ?? learned[0];
}

function settingsOf({ settings_json }: Fit): z.infer<typeof SettingsSchema> {
  return SettingsSchema.parse(JSON.parse(settings_json ?? 'null'));
}

function keyOf(fit: Fit): string {
  const { protocol, train_task } = settingsOf(fit);
  return JSON.stringify([protocol, train_task, fit.protocol]);
}

function groupOf(
  fits: readonly Fit[],
  tasks: readonly string[],
  baseline: string | null,
): LearnedGroup {
  const [first] = fits;
  const asked = tasks.map((task) => ({
    task,
    fits: inOrder(
      fits.filter((fit) => fit.task === task),
      baseline,
    ),
  }));
  return {
    protocol: first?.protocol ?? '',
    train_task: first ? settingsOf(first).train_task : null,
    tasks: asked.filter((one) => one.fits.length > 0),
  };
}

/** Several fits contain the untrained proxies too: the newest of each is used. */
function inOrder(fits: readonly Fit[], baseline: string | null): Fit[] {
  const newest = new Map(fits.map((fit) => [JSON.stringify([fit.proxy, fit.features]), fit]));
  return KINDS.flatMap((kind) =>
    [...newest.values()].filter((fit) => kindOf(fit, baseline) === kind),
  );
}

/** The paper's protocol first, then the harder ones, then training on other tasks' outcomes. */
function rankOf({ protocol, train_task }: LearnedGroup): number {
  const kinds = ['paper', 'leave-group-out', 'leave-study-out'];
  const kind = kinds.findIndex((name) => protocol.startsWith(name));
  return (train_task === null ? 0 : 10) + (kind < 0 ? kinds.length : kind);
}
