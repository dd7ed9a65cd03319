/** The process that trains learners, started as temporal.config.ts has it. */
import path from 'node:path';
import { FitProcess } from '../activities/fit-process';
import type { Config } from '../temporal.config';
import type { LearnSettings } from './proxies/experiment';
import { knownModule } from './proxies/learners';

export function startLearning(
  { python, root }: Config,
  { learners }: LearnSettings,
  signal: AbortSignal,
): FitProcess {
  const preload = learners.flatMap((learner) => knownModule(learner) ?? []);
  return new FitProcess({ python, recipes: path.join(root, 'recipes'), preload, signal });
}
