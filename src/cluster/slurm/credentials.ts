/** Credentials are passed to jobs as the path of a file, never as arguments or variables. */
import { stat } from 'node:fs/promises';
import { SpecError } from '../../base/errors';

/** Throws SpecError if the file does not exist, or if users other than its owner may read it. */
export async function checkedCredentials(
  cluster: string,
  file: string | null,
): Promise<string | null> {
  if (file === null) return null;
  const { mode } = await stat(file).catch((cause: unknown) => {
    throw new SpecError(`credentials_file of cluster "${cluster}": ${String(cause)}`, { cause });
  });
  if ((mode & 0o077) === 0) return file;
  throw new SpecError(
    `"${file}", the credentials_file of cluster "${cluster}", can be read by other users (mode ${(mode & 0o777).toString(8)}). Run: chmod 600 ${file}`,
  );
}
