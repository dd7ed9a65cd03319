/**
 * The names, labels and directions of a study's tasks, indicators and proxies. All lists of names
 * in fits, answers and reports come from here. Pure, and free of zod.
 */
import { directionOf, type Direction } from './direction';

export interface Measure {
  readonly name: string;
  /** The label in reports. */
  readonly label: string;
  readonly better: Direction;
}

export interface TaskWords extends Measure {
  /** The metric of the task's outcome; outcomes in other metrics are not comparable. */
  readonly metric: string;
  /** The indicator that measures this task before fine-tuning, or null. */
  readonly indicator: string | null;
  /** The SFT recipes of the task's outcomes; empty: any recorded SFT recipe. */
  readonly sft_recipes: readonly string[];
}

export interface ProxyWords {
  readonly name: string;
  readonly label: string;
  /** Indicator -> weight. Directions are applied first, then each indicator is scaled to [0, 1]. */
  readonly terms: Readonly<Record<string, number>>;
  /**
   * Whether the weights were chosen with knowledge of the outcomes; then it is not a prediction.
   */
  readonly chosen_after: boolean;
}

export interface Words {
  readonly tasks: readonly TaskWords[];
  /** Null: all recorded indicators. */
  readonly indicators: readonly Measure[] | null;
  readonly proxies: readonly ProxyWords[];
  /** The indicator that every other predictor is compared with (perplexity), or null. */
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
      ? Object.entries(indicators).map(([name, indicator]) => indicatorWords(name, indicator))
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

/** Higher is better for an indicator, unless the study or its name says otherwise. */
export function indicatorWords(name: string, { label, better }: Described = {}): Measure {
  return { name, label: label ?? name, better: better ?? directionOf(name) ?? 'higher' };
}
