/** Loads TypeScript that users write. Errors show the user's code, without foretune's own stack. */
import { createRequire } from 'node:module';
import { types } from 'node:util';
import { ForetuneError, SpecError } from './errors';

/** The loader of the command line compiles files that are required, not files that are imported. */
const load = createRequire(__filename);

/** `file`: an absolute path. Throws SpecError if it does not compile, or if its code throws. */
export function requireFile(file: string): unknown {
  const shown = Error.stackTraceLimit;
  // The frames of module loaders come first, and are more than Node shows.
  Error.stackTraceLimit = MOST_FRAMES;
  try {
    return load(file);
  } catch (cause) {
    if (cause instanceof ForetuneError) throw cause;
    throw new SpecError(`"${file}" cannot be loaded. ${reasonIn(file, cause)}`, { cause });
  } finally {
    Error.stackTraceLimit = shown;
  }
}

const MOST_FRAMES = 100;

const MOST_LINES = 10;

/**
 * The message of the compiler or module loader, with the line and column if the message has none.
 */
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

/** `<file>:<line>:<column>` of the innermost call in the file. */
function placeIn(file: string, stack: string): string | undefined {
  const places = stack.split('\n').map((line) => line.slice(line.indexOf(`${file}:`)));
  const found = places.find((place) => place.startsWith(`${file}:`));
  return found && /^.*?:\d+:\d+/.exec(found)?.[0];
}
