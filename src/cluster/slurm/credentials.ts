/** Credentials reach jobs by the path of a file, never by arguments or variables. */
import { stat } from 'node:fs/promises';
import { SpecError } from '../../base/errors';

/** Throws SpecError for a file that is not there, or that others than its owner may read. */
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
    `"${file}", the credentials_file of cluster "${cluster}", may be read by others (mode ${(mode & 0o777).toString(8)}). Run: chmod 600 ${file}`,
  );
}
