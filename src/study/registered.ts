/** Checkpoints that already exist: their addresses, and the identity of their content. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { SpecError, StoreError } from '../base/errors';
import { filesBelow, HIDDEN } from '../base/files-below';
import { fileDigest } from '../base/fingerprint';
import type { RegisteredCheckpoint } from '../domain/runs';
import type { Study } from '../domain/schema';
import { isRegistered, type Variant } from '../domain/variant-schema';

type Registered = Variant & { readonly checkpoint: string };
/** The digest of the objects under an s3:// address. Throws SpecError if there are none. */
export type LookUpObject = (uri: string) => Promise<string>;

/**
 * Registered checkpoints by variant. Folders and files are identified by the digest of their
 * content, names of the hub by their revision. Throws SpecError that names every checkpoint that
 * does not exist or cannot be read.
 *
 * folder: the folder of the study file, to which paths in it are relative.
 */
export async function lookUpCheckpoints(
  study: Study,
  folder: string,
  lookUpObject: LookUpObject,
): Promise<Record<string, RegisteredCheckpoint>> {
  if (study.kind !== 'trained') return {};
  const faults: string[] = [];
  const found: [string, RegisteredCheckpoint][] = [];
  for (const variant of study.variants.filter(isRegistered))
    try {
      found.push([variant.id, await lookUp(variant, folder, lookUpObject)]);
    } catch (error) {
      if (!(error instanceof SpecError || error instanceof StoreError)) throw error;
      faults.push(`  variant "${variant.id}": ${error.message}`);
    }
  if (faults.length)
    throw new SpecError(`Some checkpoints of the study cannot be used:\n${faults.join('\n')}`);
  return Object.fromEntries(found);
}

async function lookUp(
  { checkpoint, revision }: Registered,
  folder: string,
  lookUpObject: LookUpObject,
): Promise<RegisteredCheckpoint> {
  if (checkpoint.startsWith('s3://') && !S3_ADDRESS.test(checkpoint))
    throw new SpecError(`"${checkpoint}" is not an address; expected s3://<bucket>/<folder>.`);
  if (checkpoint.startsWith('s3://'))
    return { uri: checkpoint, identity: await lookUpObject(checkpoint) };
  const place = path.resolve(folder, checkpoint);
  if (existsSync(place))
    return { uri: pathToFileURL(place).href, identity: `sha256:${await contentDigest(place)}` };
  if (!HUB_NAME.test(checkpoint))
    throw new SpecError(`there is no checkpoint "${checkpoint}" (${place}).`);
  if (revision === undefined)
    throw new SpecError(
      `there is no folder "${checkpoint}" (${place}). If this is a name of the Hugging Face hub, add its \`revision\`: a commit or a tag.`,
    );
  if (revision === DEFAULT_BRANCH)
    throw new SpecError(
      `"${DEFAULT_BRANCH}" is the branch of "${checkpoint}" that its owner may move on any day; give a \`revision\` that stays: a commit or a tag.`,
    );
  return { uri: `hf://${checkpoint}@${revision}`, identity: `hf://${checkpoint}@${revision}` };
}

const S3_ADDRESS = /^s3:\/\/[^/]+(\/|$)/;
const DEFAULT_BRANCH = 'main';
const HUB_NAME = /^[\w.-]+\/[\w.-]+$/;

/**
 * sha256 over the names and contents of all files below a folder, or of one file. Hidden files are not part of it;
 * links are followed, as in the snapshots of the Hugging Face cache.
 */
async function contentDigest(place: string): Promise<string> {
  const hash = createHash('sha256');
  const names = filesBelow(place, { skip: HIDDEN, links: 'follow' });
  if (!names.length) throw new SpecError(`the folder "${place}" is empty.`);
  for (const name of names)
    hash.update(`${name}\0`).update(await fileDigest(path.join(place, name)), 'hex');
  return hash.digest('hex');
}
