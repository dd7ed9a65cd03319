/**
 * The files below a folder: one walk for digests of code, registered checkpoints and stored ones.
 */
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';

export interface Walk {
  /** Files and folders with such a name are left out. Default: none, hidden ones included. */
  readonly skip?: RegExp;
  /** `follow`: a link is replaced by its target. `refuse`: a link is an error that names it. */
  readonly links: 'follow' | 'refuse';
}

/** Names that begin with a dot: of version control, caches and systems. */
export const HIDDEN = /^\./;

/**
 * Names of the files below a folder, relative to it, with `/` between folders: folder by folder,
 * each in the order of code units, wherever the folder is. Of a file: one empty name, so that
 * `path.join(place, name)` is the file. What is neither a file nor a folder, such as a socket, is
 * left out. Reads no content.
 *
 * Throws the system's error for a link that leads nowhere (ENOENT) or to a folder above it (ELOOP).
 */
export function filesBelow(place: string, { skip, links }: Walk): string[] {
  const found = statSync(place);
  if (!found.isDirectory()) return found.isFile() ? [''] : [];
  const entries = readdirSync(place, { withFileTypes: true })
    .filter(({ name }) => !skip?.test(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    if (links === 'refuse' && entry.isSymbolicLink())
      throw new Error(`"${entry.name}" is a symbolic link; store the file itself there.`);
    const below = filesBelow(path.join(place, entry.name), { skip, links });
    return below.map((name) => path.posix.join(entry.name, name));
  });
}
