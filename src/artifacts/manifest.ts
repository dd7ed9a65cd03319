/**
 * The files of a stored checkpoint: `artifacts/<id>/manifest.json`, where the id is the digest of
 * the manifest.
 */
import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { filesBelow } from '../base/files-below';
import { fileDigest, fingerprint } from '../base/fingerprint';

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

/**
 * The manifest of a local file or folder, hidden files included. Reads every byte. Throws Error for
 * a folder that contains a link.
 */
export async function describeFiles(place: string): Promise<Manifest> {
  const kind = (await lstat(place)).isDirectory() ? 'folder' : 'file';
  const names = kind === 'file' ? [path.basename(place)] : filesBelow(place, { links: 'refuse' });
  const files = [];
  // By whole names, not folder by folder: the order is part of the id.
  for (const name of names.sort()) files.push(await describeFile(pathIn(place, kind, name), name));
  return ManifestSchema.parse({ format: 1, kind, files });
}

export function idOf(manifest: Manifest): string {
  return fingerprint(manifest).slice(0, 32);
}

export function pathIn(place: string, kind: Manifest['kind'], name: string): string {
  return kind === 'file' ? place : path.join(place, name);
}

async function describeFile(where: string, name: string): Promise<ManifestFile> {
  const sha256 = await fileDigest(where);
  const { size } = await lstat(where);
  return { name, bytes: size, sha256 };
}
