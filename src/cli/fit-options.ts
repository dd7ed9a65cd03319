/** Parses the options of `foretune fit`. */
import { z } from 'zod';
import { SpecError } from '../base/errors';
import type { LearnSettings } from '../study/learned-fits';
import { ALL_LEARNERS, learnerNamed, NESTED_LEARNERS, type Learner } from '../predict/learners';
import type { FeatureSet } from '../predict/predictor';

export interface FitOptions {
  readonly protocol?: string;
  readonly learner?: string;
  readonly params?: string;
  readonly features?: FeatureSet;
  readonly seeds?: number;
  readonly predictor?: string;
  readonly trainTask?: string;
  readonly shuffleOutcomes?: boolean;
}

type Params = Readonly<Record<string, unknown>>;

const DEFAULT_SEEDS = 20;

/**
 * Null when no option asks for learners: then the fit covers all pairs and trains nothing. Throws
 * SpecError.
 */
export function learnSettings(options: FitOptions): LearnSettings | null {
  const { protocol, ...others } = options;
  const asked = Object.keys(others);
  if (protocol === 'all-pairs' || (protocol === undefined && !asked.length)) {
    if (!asked.length) return null;
    throw new SpecError(
      'Protocol all-pairs holds out no variant, so it cannot be used for training. Use another protocol: paper, leave-group-out:<setting> or leave-study-out:<study>.',
    );
  }
  const named = namesIn(options.learner ?? 'all');
  return {
    learners: learnersNamed(named, parseParams(options.params)),
    nested: named.includes('nested'),
    features: options.features ?? 'indicators',
    protocol: protocolNamed(protocol ?? 'paper', options.seeds),
    train_task: options.trainTask ?? null,
    shuffle: options.shuffleOutcomes ?? false,
    ...(options.predictor && { predictors: namesIn(options.predictor) }),
  };
}

function namesIn(text: string): string[] {
  return text.split(',').map((name) => name.trim());
}

const GROUPS: Readonly<Record<string, readonly string[]>> = {
  all: ALL_LEARNERS,
  nested: NESTED_LEARNERS,
};

function learnersNamed(names: readonly string[], params: Params | undefined): readonly Learner[] {
  const all = names.flatMap((name): readonly string[] => GROUPS[name] ?? [name]);
  const [first, second] = all;
  if (names.includes('nested') && names.length > 1)
    throw new SpecError(
      'Learner nested chooses among all learners itself: do not name others with it.',
    );
  if (params && (second !== undefined || first === undefined))
    throw new SpecError(
      `--params needs exactly one learner, and ${all.length} are named: ${all.join(', ')}. Name one with --learner.`,
    );
  return [...new Set(all)].map((name) => learnerNamed(name, params));
}

function parseParams(text: string | undefined): Params | undefined {
  if (text === undefined) return undefined;
  const parsed = z.record(z.string(), z.json()).safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new SpecError(`--params "${text}" is not a JSON object, such as '{"n_estimators": 50}'.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function protocolNamed(text: string, seeds: number | undefined): LearnSettings['protocol'] {
  const [kind, ...rest] = text.split(':');
  const argument = rest.join(':');
  if (kind === 'paper' && !argument) return { kind, seeds: seeds ?? DEFAULT_SEEDS };
  if (seeds !== undefined)
    throw new SpecError(
      `--seeds sets the number of splits of protocol paper; protocol "${text}" has fixed splits.`,
    );
  if (kind === 'leave-group-out' && argument) return { kind, column: argument };
  if (kind === 'leave-study-out' && argument) return { kind, study: argument };
  throw new SpecError(
    `There is no protocol "${text}". Expected all-pairs, paper, leave-group-out:<setting> (any setting in which variants differ) or leave-study-out:<study>.`,
  );
}
