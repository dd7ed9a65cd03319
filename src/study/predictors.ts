/** A predictor by the name that a user gave it. */
import { seen, type FeatureTable } from '../predict/feature-table';
import type { Predictor } from '../predict/predictor';
import { gathering, type Trainer } from '../predict/predictors/learner';
import { predictorNamed } from '../predict/predictors/named';
import { isFile, ownPredictor } from '../predict/predictors/own';

/** A name of foretune's own predictors, or a file with one, relative to the working directory. */
export function findPredictor(name: string, table: FeatureTable, trainer: Trainer): Predictor {
  return isFile(name) ? ownPredictor(name) : predictorNamed(name, seen(table), gathering(trainer));
}
