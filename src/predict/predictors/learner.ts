/**
 * Learners that train in another process. All requests of one turn of the event loop are sent
 * together, because starting the process takes longer than the training.
 */
import type { PredictorSpec } from '../../domain/fit-schema';
import type { Features } from '../feature-table';
import type { Learner } from '../learners';
import { columnNamed } from '../feature-table';
import {
  missingOf,
  noSense,
  type FeatureSet,
  type Missing,
  type Predictor,
  type Sample,
} from '../predictor';

/** One learner to train on one sample. */
export interface TrainingJob {
  readonly predictor: PredictorSpec;
  readonly sample: Sample;
  readonly seed: number;
}

export interface Trained {
  readonly probability: (a: string, b: string) => number | undefined;
  readonly importance: ReadonlyMap<string, number> | undefined;
}

export interface Trainer {
  /** Answers in the order of the jobs, which all use one table of features. */
  readonly train: (jobs: readonly TrainingJob[]) => Promise<readonly Trained[]>;
}

/**
 * Trains one job. Jobs of one turn of the event loop are sent to the trainer together, equal jobs
 * once.
 */
export type Train = (job: TrainingJob) => Promise<Trained>;

export function gathering(trainer: Trainer): Train {
  let turn: Turn | null = null;
  return async (job) => {
    turn ??= newTurn(trainer, () => (turn = null));
    const { jobs, answers } = turn;
    const key = JSON.stringify([job.predictor.name, job.sample.id]);
    if (!jobs.has(key)) jobs.set(key, job);
    const trained = (await answers).get(key);
    if (trained) return trained;
    throw new TypeError(
      `The fit process returned no result for "${job.predictor.name}". This is a bug in foretune.`,
    );
  };
}

interface Turn {
  readonly jobs: Map<string, TrainingJob>;
  readonly answers: Promise<ReadonlyMap<string, Trained | undefined>>;
}

function newTurn(trainer: Trainer, close: () => void): Turn {
  const jobs = new Map<string, TrainingJob>();
  const answers = new Promise<void>((resolve) => setImmediate(resolve)).then(async () => {
    close();
    const trained = await trainer.train([...jobs.values()]);
    return new Map([...jobs.keys()].map((key, i) => [key, trained[i]] as const));
  });
  return { jobs, answers };
}

/**
 * `ltc:<learner>` learns from indicators (arXiv 2504.12491, section 4), `config:<learner>` from
 * settings alone.
 */
export function learnerPredictor(learner: Learner, set: FeatureSet, train: Train): Predictor {
  const name = `${set === 'config' ? 'config' : 'ltc'}:${learner.name}`;
  return {
    name,
    learns: true,
    learner: { name: learner.name, features: set },
    sees: (features) => columnNames(features, set),
    needs: (features) => needsOf(features, set),
    fit: async (sample, seed) => {
      const features = columnNames(sample.features, set);
      const predictor = { name, learner: learner.spec, features };
      return { kind: 'pairs', ...(await train({ predictor, sample, seed })) };
    },
  };
}

function columnNames({ indicators, config }: Features, set: FeatureSet): string[] {
  return [
    ...(set === 'config' ? [] : indicators.keys()),
    ...(set === 'indicators' ? [] : config.keys()),
  ];
}

function needsOf(features: Features, set: FeatureSet): Missing {
  if (set !== 'config' && !features.indicators.size)
    return noSense('No indicator is measured: there is nothing to learn from.');
  if (set !== 'indicators' && !features.config.size)
    return noSense(
      'There is no configuration to learn from: variants do not differ in any setting, or only in the one that is held out.',
    );
  const names = columnNames(features, set);
  return missingOf(
    features,
    new Map(names.map((name) => [name, columnNamed(features, name) ?? new Map()])),
  );
}
