/** Finds a predictor by the name that the user gave. */
import path from 'node:path';
import { SpecError } from '../base/errors';
import { seen, type FeatureTable } from '../predict/feature-table';
import type { Predictor } from '../predict/predictor';
import { gathering, type Trainer } from '../predict/predictors/learner';
import { predictorNamed } from '../predict/predictors/named';
import { isFile, ownPredictor } from '../predict/predictors/own';

/**
 * The name of a predictor of foretune, or a file with a predictor, relative to the working
 * directory.
 */
export function findPredictor(name: string, table: FeatureTable, trainer: Trainer): Predictor {
  return isFile(name) ? ownPredictor(name) : predictorNamed(name, seen(table), gathering(trainer));
}

/**
 * The same for a worker, which runs no code that is not in its own folder, whatever a study names.
 */
export function findPredictorHere(name: string, table: FeatureTable, trainer: Trainer): Predictor {
  const isElsewhere = isFile(name) && path.relative('', path.resolve(name)).startsWith('..');
  if (!isElsewhere) return findPredictor(name, table, trainer);
  throw new SpecError(
    `Predictor file "${name}" is not in the folder of the worker (${process.cwd()}). Put it there, and name it relative to that folder.`,
  );
}
