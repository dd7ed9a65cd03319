/**
 * Which variants predictors learn from and which pairs are then predicted, for each protocol. Pure.
 */
import { SpecError } from '../base/errors';
import { joinTables } from './features';
import { seen, targetNamed, type Features, type FeatureTable } from './feature-table';
import { mapGroups, type ByVariant } from './measurements';
import { sameDecision, textOf, varies } from './settings';
import {
  groupSplits,
  heldOutSplits,
  isTeachable,
  paperSplit,
  shuffled,
  studySplit,
  type Question,
  type Split,
} from './splits';

export type Protocol =
  /** Every pair of variants with an outcome, for untrained predictors. */
  | { readonly kind: 'all-pairs' }
  | { readonly kind: 'paper'; readonly seeds: number }
  | { readonly kind: 'leave-group-out'; readonly column: string }
  | { readonly kind: 'leave-study-out'; readonly study: string }
  /** Each pair without the outcomes of either variant: the back-test of an answer. */
  | { readonly kind: 'held-out' };

/** What to predict, and what may be used for training. */
export interface Scope {
  readonly table: FeatureTable;
  /** The training study, for leave-study-out. */
  readonly other?: FeatureTable | null;
  /** Names of the targets to predict; default: all. */
  readonly targets?: readonly string[];
  /** The variants to use; default: all. */
  readonly variants?: readonly string[];
  /** The target whose outcomes are used for training; null: the target to predict. */
  readonly train_task?: string | null;
  /** Whether outcomes are shuffled, so that accuracy is due to chance alone. */
  readonly shuffle?: boolean;
}

export interface Layout {
  /** The features of predictors: without the setting that is held out. */
  readonly features: Features;
  readonly splits: readonly Split[];
  readonly notes: readonly string[];
}

/**
 * `able`: the variants that all trained predictors can judge. Throws SpecError if there are too
 * few.
 */
export function layOut(
  protocol: Exclude<Protocol, { kind: 'all-pairs' }>,
  scope: Scope,
  able: ReadonlySet<string>,
): Layout {
  const { features, notes } = visible(protocol, scope);
  const drawn = questionsOf(scope, able).flatMap((question) =>
    splitsOf(protocol, scope, question, able),
  );
  const splits = drawn.filter((split) => isTeachable(split) && split.tests.length > 0);
  const left = drawn.filter((split) => !splits.includes(split));
  const all = [
    ...notes,
    ...left.map(
      ({ id }) => `Split ${id} is left out: all its training variants have the same outcome.`,
    ),
  ];
  if (!splits.length)
    throw new SpecError(
      `No split is left to learn from. ${[...scope.table.notes, ...all].join(' ')}`,
    );
  return { features, splits, notes: all };
}

/**
 * The features of predictors, without the setting that is held out: no training variant has the
 * held-out value, so any prediction from it would be an extrapolation.
 */
export function visible(
  protocol: Protocol,
  { table, other }: Scope,
): { readonly features: Features; readonly notes: readonly string[] } {
  const own = seen(table);
  const features = other ? joinTables(own, seen(other)) : own;
  if (protocol.kind !== 'leave-group-out') return { features, notes: [] };
  const { column } = protocol;
  const held = sameDecision(table.settings, column, table.variants);
  const dropped = [...features.config.keys()].filter((name) => isOf(name, held));
  const config = new Map([...features.config].filter(([name]) => !dropped.includes(name)));
  const note = `Learners do not use ${dropped.join(', ')}: no training variant has the held-out value of ${column}.`;
  return { features: { ...features, config }, notes: dropped.length ? [note] : [] };
}

/**
 * Whether a learner's column is derived from one of these settings: `log_lr` from `lr`,
 * `mixture=web` from `mixture`.
 */
function isOf(column: string, settings: ReadonlySet<string>): boolean {
  const [name = ''] = column.split('=');
  return [name, name.replace(/^log_/, ''), name.replace(/^config\./, '')].some((one) =>
    settings.has(one),
  );
}

function questionsOf({ table, targets, variants, train_task }: Scope, able: ReadonlySet<string>) {
  const names = targets ?? [...table.targets.keys()];
  const source = train_task ? targetNamed(table, train_task).name : null;
  const among = (variants ?? table.variants).filter((id) => able.has(id)).sort();
  const asked = names
    .map((name) => questionOf(table, name, source ?? name, among))
    .filter((question) => differ(question.outcomes, question.variants));
  if (!asked.length)
    throw new SpecError(`No task has outcomes that differ. ${table.notes.join(' ')}`.trim());
  return asked;
}

function differ(outcomes: ByVariant, variants: readonly string[]): boolean {
  return new Set(variants.map((id) => outcomes.get(id))).size > 1;
}

export function questionOf(
  table: FeatureTable,
  task: string,
  train_task: string,
  variants: readonly string[],
): Question {
  const outcomes = targetNamed(table, task).outcomes;
  const train_outcomes = targetNamed(table, train_task).outcomes;
  const known = variants.filter((id) => outcomes.has(id) && train_outcomes.has(id));
  return { task, train_task, train_outcomes, outcomes, variants: known };
}

function splitsOf(
  protocol: Exclude<Protocol, { kind: 'all-pairs' }>,
  { table, other, shuffle }: Scope,
  question: Question,
  able: ReadonlySet<string>,
): Split[] {
  const asked = (seed: number) => (shuffle ? shuffled(question, seed) : question);
  switch (protocol.kind) {
    case 'paper':
      return Array.from({ length: protocol.seeds }, (_, seed) => paperSplit(asked(seed), seed));
    case 'leave-group-out':
      return groupSplits(asked(0), protocol.column, groupsOf(table, protocol.column));
    case 'held-out':
      return heldOutSplits(asked(0), copiesOf(table, question.variants));
    case 'leave-study-out': {
      const { train_task } = question;
      if (!other?.targets.has(train_task)) return [];
      const among = other.variants.filter((id) => able.has(id)).sort();
      const source = questionOf(other, train_task, train_task, among);
      return [studySplit(asked(0), shuffle ? shuffled(source, 1) : source, protocol.study)];
    }
  }
}

/** Variant -> its value for a setting, as text. */
export function groupsOf({ settings, variants }: Features, column: string): Map<string, string> {
  const setting = settings.get(column);
  if (setting && new Set(setting.values.values()).size > 1)
    return new Map([...setting.values.keys()].map((id) => [id, textOf(setting, id)]));
  const varying = [...settings.values()].filter((one) => varies(one, variants));
  throw new SpecError(
    `Variants do not differ in "${column}", so no group of them can be left out. They differ in ${varying.map(({ name }) => name).join(', ') || 'nothing'}.`,
  );
}

/**
 * Variants with equal indicators are one checkpoint under several names: they are in the same list.
 */
export function copiesOf(features: Features, variants: readonly string[]): string[][] {
  return [
    ...mapGroups(
      variants,
      (id) => copyKey(features, id),
      (group) => [...group],
    ).values(),
  ];
}

/** Equal for copies; a variant without indicators is never a copy. */
export function copyKey({ indicators }: Features, id: string): string {
  const values = [...indicators.values()].map(({ values: known }) => known.get(id));
  const isWhole = values.length > 0 && values.every((value) => value !== undefined);
  return JSON.stringify(isWhole ? values : id);
}
