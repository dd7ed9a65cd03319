/** The files of a stored checkpoint: `artifacts/<id>/manifest.json`, where the id is the digest of the manifest. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { fingerprint } from '../base/fingerprint';

/** A relative path that does not leave its folder. */
const fileName = z
  .string()
  .regex(/^[^/\\\0]+(\/[^/\\\0]+)*$/, 'expected a relative path')
  .refine((name) => !name.split('/').some((part) => part === '..' || part === '.'));

export const ManifestSchema = z.strictObject({
  format: z.literal(1),
  /** A folder of files, or one file. */
  kind: z.enum(['folder', 'file']),
  files: z
    .array(
      z.strictObject({
        name: fileName,
        bytes: z.number().int().nonnegative(),
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
      }),
    )
    .min(1),
});
export type Manifest = z.infer<typeof ManifestSchema>;
export type ManifestFile = Manifest['files'][number];

/** The manifest of a local file or folder. Reads every byte. */
export async function describeFiles(place: string): Promise<Manifest> {
  const kind = (await lstat(place)).isDirectory() ? 'folder' : 'file';
  const names = kind === 'file' ? [path.basename(place)] : await filesBelow(place);
  const files = [];
  for (const name of names) files.push(await describeFile(pathIn(place, kind, name), name));
  return ManifestSchema.parse({ format: 1, kind, files });
}

export function idOf(manifest: Manifest): string {
  return fingerprint(manifest).slice(0, 32);
}

export function pathIn(place: string, kind: Manifest['kind'], name: string): string {
  return kind === 'file' ? place : path.join(place, name);
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const link = entries.find((entry) => entry.isSymbolicLink());
  if (link) throw new Error(`"${link.name}" is a symbolic link; store the file itself there.`);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .map((name) => name.split(path.sep).join('/'))
    .sort();
}

async function describeFile(where: string, name: string): Promise<ManifestFile> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(where), hash);
  const { size } = await lstat(where);
  return { name, bytes: size, sha256: hash.digest('hex') };
}

export async function digestOf(where: string): Promise<string> {
  return (await describeFile(where, '')).sha256;
}
