/**
 * Checkpoints in the object store. Each is named by the digest of its content, so that equal
 * weights are stored once, whichever study made them. The manifest is written last: a checkpoint
 * without one does not exist.
 */
import { rm, stat } from 'node:fs/promises';
import { ForetuneError, NotFoundError, SchemaError } from '../base/errors';
import { fileDigest } from '../base/fingerprint';
import { parseJson } from '../dataset/log-format';
import type { ObjectStore } from '../dataset/store';
import { ManifestSchema, idOf, type Manifest, type ManifestFile } from './manifest';
import type { WeightFiles } from './weight-files';

const ROOT = 'artifacts/';
const URI = /^(?!file:).*\/artifacts\/([0-9a-f]{32})$/;

export class Artifacts {
  constructor(private readonly store: ObjectStore) {}

  /**
   * Uploads the file or folder that a job wrote at a file:// address, and returns its address in
   * the store. Files that are stored already are not sent again; other addresses are returned
   * unchanged. Throws SchemaError for a checkpoint that cannot be read or stored.
   */
  async keep(uri: string, weights: WeightFiles): Promise<string> {
    if (!uri.startsWith('file:')) return uri;
    const manifest = await weights.describe(uri).catch((cause: unknown) => {
      if (cause instanceof ForetuneError && cause.retryable) throw cause;
      throw new SchemaError(`The checkpoint "${uri}" cannot be kept: ${String(cause)}`, { cause });
    });
    const id = idOf(manifest);
    if (!(await this.manifest(id))) await this.upload(id, manifest, uri, weights);
    await weights.share(uri, id, manifest);
    return `${this.store.uri}/${ROOT}${id}`;
  }

  /**
   * The address at which jobs find a stored checkpoint, fetched once for all jobs that share their
   * weights; other addresses are returned unchanged. Throws NotFoundError if the checkpoint is no
   * longer stored.
   */
  async fetch(uri: string, weights: WeightFiles): Promise<string> {
    const id = idIn(uri);
    if (id === null) return uri;
    const manifest = await this.manifest(id);
    if (manifest) return weights.stage(id, manifest, (file, to) => this.downloadFile(id, file, to));
    throw new NotFoundError(
      `"${uri}" is not, or no longer, in ${this.store.uri}. Run the study again: the checkpoint is trained again if a run needs it.`,
    );
  }

  /** The addresses whose checkpoints are no longer stored. */
  async missing(uris: readonly string[]): Promise<ReadonlySet<string>> {
    const asked = uris.filter((uri) => idIn(uri) !== null);
    if (!asked.length) return new Set();
    const kept = new Set<string>();
    for await (const { key } of this.store.list(ROOT)) kept.add(key);
    return new Set(asked.filter((uri) => !kept.has(manifestKey(idIn(uri) ?? ''))));
  }

  /** Removes the checkpoint at an address, the manifest first, and its unfinished uploads. */
  async remove(uri: string): Promise<void> {
    const id = idIn(uri);
    if (id === null) return;
    await this.store.delete(manifestKey(id));
    for await (const { key } of this.store.list(`${ROOT}${id}/`)) await this.store.delete(key);
    await this.store.forgetUploads(`${ROOT}${id}/`);
  }

  /**
   * Aborts unfinished uploads that were started before a time: their weights were replaced by
   * others.
   */
  async forgetUploads(begunBefore: Date): Promise<void> {
    await this.store.forgetUploads(ROOT, begunBefore);
  }

  private async manifest(id: string): Promise<Manifest | undefined> {
    const bytes = await this.store.get(manifestKey(id));
    if (!bytes) return undefined;
    const parsed = ManifestSchema.safeParse(parseJson(bytes));
    if (parsed.success && idOf(parsed.data) === id) return parsed.data;
    throw new SchemaError(
      `"${manifestKey(id)}" in ${this.store.uri} is damaged. Delete it: the checkpoint is trained and stored again.`,
    );
  }

  private async upload(
    id: string,
    manifest: Manifest,
    uri: string,
    weights: WeightFiles,
  ): Promise<void> {
    for (const { name } of manifest.files)
      await weights.withFile(uri, { kind: manifest.kind, name }, (file) =>
        this.store.putFile(fileKey(id, name), file),
      );
    await this.store.put(manifestKey(id), new TextEncoder().encode(JSON.stringify(manifest)));
  }

  private async downloadFile(id: string, file: ManifestFile, to: string): Promise<void> {
    // The file of an earlier fetch may be damaged; then the whole file is fetched.
    if ((await exists(to)) && (await this.fetchFile(id, file, to)) === file.sha256) return;
    await rm(to, { force: true });
    const digest = await this.fetchFile(id, file, to);
    if (digest === file.sha256) return;
    await rm(to, { force: true });
    throw new SchemaError(
      `"${fileKey(id, file.name)}" in ${this.store.uri} has sha256 ${digest}, not ${file.sha256}: it was changed or damaged after it was stored. Delete "${manifestKey(id)}" there and resume the study: the checkpoint is trained again.`,
    );
  }

  /**
   * The digest of the fetched file. A manifest whose file is missing is deleted, so that it is not
   * used again.
   */
  private async fetchFile(id: string, { name }: ManifestFile, to: string): Promise<string> {
    if (await this.store.getFile(fileKey(id, name), to)) return fileDigest(to);
    await this.store.delete(manifestKey(id));
    throw new NotFoundError(`"${fileKey(id, name)}" is not, or no longer, in ${this.store.uri}.`);
  }
}

function idIn(uri: string): string | null {
  return URI.exec(uri)?.[1] ?? null;
}

function manifestKey(id: string): string {
  return `${ROOT}${id}/manifest.json`;
}

function fileKey(id: string, name: string): string {
  return `${ROOT}${id}/files/${name}`;
}

async function exists(where: string): Promise<boolean> {
  return stat(where).then(
    () => true,
    () => false,
  );
}
