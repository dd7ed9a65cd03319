/**
 * The part of the environment that is passed to other programs, and how a program is found on PATH.
 */
import { access, constants } from 'node:fs/promises';
import path from 'node:path';

/** The variables that a program needs to run. Never credentials. */
const INHERITED = ['PATH', 'HOME', 'USER', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR'] as const;

type Environment = Readonly<Record<string, string | undefined>>;

/** The variables of the user's environment that jobs and the notification program receive. */
export function inheritedFrom(environment: Environment): NodeJS.ProcessEnv {
  return Object.fromEntries(INHERITED.map((name) => [name, environment[name]]));
}

/** The file that the name of a program resolves to on that PATH; null when there is none. */
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
