/**
 * The name by which study files import this clone: `foretune` means it wherever they are, inside of it or not, with
 * or without a package.json beside them. Inside, Node finds it by the clone's own package.json.
 */
import Module, { createRequire } from 'node:module';
import path from 'node:path';
import { ROOT } from '../define-config';

const OWN = /^foretune(\/|$)/;
const MANIFEST = path.join(ROOT, 'package.json');

/** The step of Node's loader that every hook on names takes part in. */
interface Loader {
  _resolveFilename(name: string, importer: object | undefined, ...rest: unknown[]): string;
}

let isKnown = false;

/** From now on. */
export function makeOwnNameKnown(): void {
  if (isKnown) return;
  isKnown = true;
  const loader = Module as unknown as Loader;
  const resolve = loader._resolveFilename.bind(loader);
  const { filename, paths } = asIfInside();
  loader._resolveFilename = (name, importer, ...rest) =>
    resolve(name, OWN.test(name) ? { ...importer, filename, paths } : importer, ...rest);
}

/** A name is looked up as if a file beside the clone's package.json asked for it. */
function asIfInside(): { readonly filename: string; readonly paths: readonly string[] } {
  const paths = createRequire(MANIFEST).resolve.paths('foretune') ?? [];
  return { filename: MANIFEST, paths };
}
