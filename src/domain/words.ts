/**
 * What a study calls things: its tasks, indicators and proxies, with labels and directions. Every list of names
 * that fits, answers and reports go through comes from here. Pure, and free of zod.
 */
import { directionOf, type Direction } from './direction';

export interface Measure {
  readonly name: string;
  /** What people read. */
  readonly label: string;
  readonly better: Direction;
}

export interface TaskWords extends Measure {
  /** What its outcome is measured in; outcomes in other metrics are another question. */
  readonly metric: string;
  /** The indicator that asks this task before fine-tuning; null: none does. */
  readonly indicator: string | null;
  /** The SFT recipes of its outcomes; empty: whichever is recorded. */
  readonly sft_recipes: readonly string[];
}

export interface ProxyWords {
  readonly name: string;
  readonly label: string;
  /** Indicator -> weight. Directions are applied first, then each indicator is scaled to [0, 1]. */
  readonly terms: Readonly<Record<string, number>>;
  /** Whether its weights were chosen by somebody who had seen the outcomes: no prediction. */
  readonly chosen_after: boolean;
}

export interface Words {
  readonly tasks: readonly TaskWords[];
  /** Null: every indicator that is recorded. */
  readonly indicators: readonly Measure[] | null;
  readonly proxies: readonly ProxyWords[];
  /** The indicator that every other predictor is compared with (perplexity), if there is one. */
  readonly baseline: string | null;
}

interface Described {
  readonly label?: string | undefined;
  readonly better?: Direction | undefined;
}

/** The part of a study file that names things. */
export interface Naming {
  readonly tasks: Readonly<
    Record<
      string,
      Described & {
        readonly metric: string;
        readonly indicator?: string | undefined;
        readonly sft?: readonly { readonly recipe: string }[] | undefined;
      }
    >
  >;
  readonly indicators?: Readonly<Record<string, Described>> | undefined;
  readonly proxies?: Readonly<Record<string, ProxyNaming>> | undefined;
  readonly baseline?: string | undefined;
}

export interface ProxyNaming {
  readonly label?: string | undefined;
  readonly terms: Readonly<Record<string, number>>;
  readonly chosen_after?: boolean | undefined;
}

export function wordsOf({ tasks, indicators, proxies = {}, baseline }: Naming): Words {
  return {
    tasks: Object.entries(tasks).map(([name, task]) => ({
      name,
      label: task.label ?? name,
      better: task.better ?? directionOf(task.metric) ?? 'higher',
      metric: task.metric,
      indicator: task.indicator ?? null,
      sft_recipes: [...new Set((task.sft ?? []).map(({ recipe }) => recipe))],
    })),
    indicators: indicators
      ? Object.entries(indicators).map(([name, of]) => indicatorWords(name, of))
      : null,
    proxies: Object.entries(proxies).map(([name, { label, terms, chosen_after }]) => ({
      name,
      label: label ?? name,
      terms,
      chosen_after: chosen_after ?? false,
    })),
    baseline: baseline ?? null,
  };
}

/** An indicator is better higher unless the study, or its name, says otherwise. */
export function indicatorWords(name: string, { label, better }: Described = {}): Measure {
  return { name, label: label ?? name, better: better ?? directionOf(name) ?? 'higher' };
}
