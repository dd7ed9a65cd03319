/** Finds a predictor by the name that the user gave. */
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
