/** Processes that train learners, with the interpreter of temporal.config.ts. */
import path from 'node:path';
import type { Config } from '../config';
import { knownModule, type Learner } from '../predict/learners';
import type { Trained, Trainer, TrainingJob } from '../predict/predictors/learner';
import { FitProcess, type FitProcessOptions } from './fit-process';

export interface Learning extends Trainer {
  /** Ends all processes at once. */
  readonly close: () => Promise<void>;
}

export type StartLearning = (learners: readonly Learner[], signal: AbortSignal) => Learning;

export function startLearning(
  { python, root }: Config,
  learners: readonly Learner[],
  signal: AbortSignal,
): Learning {
  const preload = learners.flatMap((learner) => knownModule(learner) ?? []);
  return learningWith({ python, recipes: path.join(root, 'recipes'), preload, signal });
}

/**
 * Starts a process for each batch of jobs. The process of the first batch is started immediately if
 * there are learners, since its imports take as long as all the rest.
 */
export function learningWith(options: FitProcessOptions): Learning {
  const started: FitProcess[] = [];
  const start = () => {
    const process = new FitProcess(options);
    started.push(process);
    return process;
  };
  let waiting = options.preload.length ? start() : null;
  return {
    train(jobs: readonly TrainingJob[]): Promise<readonly Trained[]> {
      const process = waiting ?? start();
      waiting = null;
      return process.fit(jobs);
    },
    async close() {
      await Promise.all(started.map((process) => process.close()));
    },
  };
}
