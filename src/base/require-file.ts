/** Loads TypeScript that users write: what is wrong in it is said in their terms, without our own stack. */
import { createRequire } from 'node:module';
import { types } from 'node:util';
import { ForetuneError, SpecError } from './errors';

/** The command line's loader compiles what is required, not what is imported. */
const load = createRequire(__filename);

/** `file`: absolute. Throws SpecError for a file that cannot be compiled, or whose code throws. */
export function requireFile(file: string): unknown {
  try {
    return load(file);
  } catch (cause) {
    if (cause instanceof ForetuneError) throw cause;
    throw new SpecError(`"${file}" cannot be loaded. ${reasonIn(file, cause)}`, { cause });
  }
}

const MOST_LINES = 10;

/** What the compiler or the module loader says, with line and column in the file where it does not name them. */
function reasonIn(file: string, error: unknown): string {
  if (!types.isNativeError(error)) return String(error);
  const [message = ''] = String(error).split('\nRequire stack:');
  const said = message
    .replace(/^(Transform)?Error: /, '')
    .split('\n')
    .slice(0, MOST_LINES)
    .join('\n');
  const where = said.includes(`${file}:`) ? undefined : placeIn(file, error.stack ?? '');
  return where ? `${said}\n  at ${where}` : said;
}

/** `<file>:<line>:<column>` of the innermost call that is written there. */
function placeIn(file: string, stack: string): string | undefined {
  const places = stack.split('\n').map((line) => line.slice(line.indexOf(`${file}:`)));
  const found = places.find((place) => place.startsWith(`${file}:`));
  return found && /^.*?:\d+:\d+/.exec(found)?.[0];
}
