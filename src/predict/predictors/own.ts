/** A predictor that a user wrote: one TypeScript file with a default export. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { NotFoundError, SpecError } from '../../base/errors';
import { requireFile } from '../../base/require-file';
import { NOTHING_MISSING, type Predictor } from '../predictor';

/**
 * What such a file must export. The other members have defaults: the predictor is trained, names no
 * features, and needs none.
 */
export type OwnPredictor = Pick<Predictor, 'name' | 'fit'> & Partial<Predictor>;

/** Whether a predictor's name is a file name: `./rule.ts`. */
export function isFile(name: string): boolean {
  return /\.[cm]?[jt]s$/.test(name);
}

/** Throws SpecError for a file that cannot be loaded, or that exports no predictor. */
export function ownPredictor(file: string): Predictor {
  const where = path.resolve(file);
  if (!existsSync(where)) throw new NotFoundError(`There is no predictor file "${file}".`);
  const loaded = requireFile(where);
  const own = typeof loaded === 'object' && loaded && 'default' in loaded ? loaded.default : null;
  if (isPredictor(own))
    return { learns: true, sees: () => [], needs: () => NOTHING_MISSING, ...own };
  throw new SpecError(
    `"${file}" exports no predictor: expected a default export with a \`name\` and a function \`fit(sample, seed)\`, as in examples/own-predictor/predictor.ts.`,
  );
}

function isPredictor(value: unknown): value is OwnPredictor {
  if (typeof value !== 'object' || value === null) return false;
  const { name, fit } = value as Partial<OwnPredictor>;
  return typeof name === 'string' && name !== '' && typeof fit === 'function';
}
