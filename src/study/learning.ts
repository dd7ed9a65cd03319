/** The process that trains learners, started as temporal.config.ts has it. */
import path from 'node:path';
import { FitProcess } from './fit-process';
import type { Config } from '../config';
import type { LearnSettings } from '../predict/experiment';
import { knownModule } from '../predict/learners';

export function startLearning(
  { python, root }: Config,
  { learners }: LearnSettings,
  signal: AbortSignal,
): FitProcess {
  const preload = learners.flatMap((learner) => knownModule(learner) ?? []);
  return new FitProcess({ python, recipes: path.join(root, 'recipes'), preload, signal });
}
