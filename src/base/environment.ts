/** What other programs see of the environment, and where they are found in it. */
import { access, constants } from 'node:fs/promises';
import path from 'node:path';

/** Enough for a program to run. Never credentials. */
const INHERITED = ['PATH', 'HOME', 'USER', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR'] as const;

type Environment = Readonly<Record<string, string | undefined>>;

/** All that jobs, and the program that is called when a study ends, see of the user's environment. */
export function inheritedFrom(environment: Environment): NodeJS.ProcessEnv {
  return Object.fromEntries(INHERITED.map((name) => [name, environment[name]]));
}

/** Where a program with that PATH finds another one; null where it finds none. */
export async function programFile(
  { PATH = '' }: Environment,
  program: string,
): Promise<string | null> {
  const folders = PATH.split(path.delimiter);
  const files = program.includes('/') ? [program] : folders.map((one) => path.join(one, program));
  for (const file of files) if (await isExecutable(file)) return file;
  return null;
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
