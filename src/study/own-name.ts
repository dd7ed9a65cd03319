/**
 * Makes the name `foretune` mean this clone for study files in any folder, with or without a
 * package.json next to them. For files inside the clone, Node resolves the name by the clone's own
 * package.json.
 */
import Module, { createRequire } from 'node:module';
import path from 'node:path';
import { ROOT } from '../define-config';

const OWN = /^foretune(\/|$)/;
const MANIFEST = path.join(ROOT, 'package.json');

/** The resolve step of Node's loader, which resolution hooks wrap. */
interface Loader {
  _resolveFilename(name: string, importer: object | undefined, ...rest: unknown[]): string;
}

let isKnown = false;

/** Takes effect for all later imports. */
export function makeOwnNameKnown(): void {
  if (isKnown) return;
  isKnown = true;
  const loader = Module as unknown as Loader;
  const resolve = loader._resolveFilename.bind(loader);
  const { filename, paths } = asIfInside();
  loader._resolveFilename = (name, importer, ...rest) =>
    resolve(name, OWN.test(name) ? { ...importer, filename, paths } : importer, ...rest);
}

/** Resolves a name as if it were imported by a file next to the clone's package.json. */
function asIfInside(): { readonly filename: string; readonly paths: readonly string[] } {
  const paths = createRequire(MANIFEST).resolve.paths('foretune') ?? [];
  return { filename: MANIFEST, paths };
}
