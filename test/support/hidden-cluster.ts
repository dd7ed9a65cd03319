/**
 * A cluster whose files the worker cannot see: the paths that it hands out exist for its jobs
 * alone. Jobs run on this machine, in a private folder that is called otherwise in everything that
 * leaves the cluster.
 */
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Manifest, ManifestFile } from '../../src/artifacts/manifest';
import type { WeightFiles } from '../../src/artifacts/weight-files';
import type {
  CancelOptions,
  Cluster,
  JobRequest,
  JobState,
  LogChunk,
} from '../../src/cluster/cluster';
import type { LocalCluster } from '../../src/cluster/local/local-cluster';
import { openLocalCluster } from './local-cluster';
import type { TestedCluster } from './jobs';

/** What the private folder is called outside. */
export const ELSEWHERE = '/on-another-machine';

export class HiddenCluster implements Cluster {
  readonly name: string;
  readonly weights: WeightFiles;

  constructor(
    private readonly inner: LocalCluster,
    private readonly root: string,
  ) {
    this.name = inner.name;
    this.weights = new HiddenWeights(inner.weights, {
      inside: (uri) => uri.replace(ELSEWHERE, root),
      outside: (uri) => uri.replace(root, ELSEWHERE),
    });
  }

  submit(request: JobRequest): Promise<JobState> {
    const job = JSON.stringify(request.job).replaceAll(ELSEWHERE, this.root);
    return this.inner.submit({ ...request, job: JSON.parse(job) as JobRequest['job'] });
  }

  poll(names: readonly string[]): Promise<ReadonlyMap<string, JobState>> {
    return this.inner.poll(names);
  }

  cancel(name: string, options?: CancelOptions): Promise<void> {
    return this.inner.cancel(name, options);
  }

  readLog(name: string, cursor: number): Promise<LogChunk> {
    return this.inner.readLog(name, cursor);
  }

  async readFile(
    job: string,
    name: string,
    options?: { readonly last?: number },
  ): Promise<Uint8Array | null> {
    const bytes = await this.inner.readFile(job, name, options);
    if (!bytes || !name.endsWith('.json')) return bytes;
    return Buffer.from(Buffer.from(bytes).toString().replaceAll(this.root, ELSEWHERE));
  }

  live(): Promise<readonly string[]> {
    return this.inner.live();
  }

  /** The side of the job, for tests. */
  folder(name: string): { readonly dir: string } {
    return this.inner.folder(name);
  }
}

interface Translation {
  inside(uri: string): string;
  outside(uri: string): string;
}

/** Every file takes the way over a copy. */
class HiddenWeights implements WeightFiles {
  constructor(
    private readonly inner: WeightFiles,
    private readonly translate: Translation,
  ) {}

  async missing(uris: readonly string[]) {
    const missing = await this.inner.missing(uris.map((uri) => this.translate.inside(uri)));
    return new Set([...missing].map((uri) => this.translate.outside(uri)));
  }

  describe(uri: string) {
    return this.inner.describe(this.translate.inside(uri));
  }

  withFile<T>(
    uri: string,
    found: { readonly kind: Manifest['kind']; readonly name: string },
    use: (file: string) => Promise<T>,
  ) {
    return this.inner.withFile(this.translate.inside(uri), found, (file) =>
      withTemporary(async (copy) => {
        await copyByStream(file, copy);
        return use(copy);
      }),
    );
  }

  share(uri: string, id: string, manifest: Manifest) {
    return this.inner.share(this.translate.inside(uri), id, manifest);
  }

  async stage(
    id: string,
    manifest: Manifest,
    fetchFile: (file: ManifestFile, to: string) => Promise<void>,
  ) {
    const uri = await this.inner.stage(id, manifest, (file, to) =>
      withTemporary(async (copy) => {
        await fetchFile(file, copy);
        await copyByStream(copy, to);
      }),
    );
    return this.translate.outside(uri);
  }
}

async function withTemporary<T>(use: (file: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'foretune-copy-'));
  try {
    return await use(path.join(folder, 'file'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function copyByStream(from: string, to: string): Promise<void> {
  return pipeline(createReadStream(from), createWriteStream(to));
}

export interface OpenedHiddenCluster {
  readonly cluster: TestedCluster;
  readonly python: string;
  another(): TestedCluster;
  close(): Promise<void>;
}

export function openHiddenCluster(): OpenedHiddenCluster {
  const opened = openLocalCluster();
  const hide = (inner: LocalCluster) => new HiddenCluster(inner, opened.root);
  return {
    cluster: hide(opened.cluster),
    python: opened.python,
    another: () => hide(opened.another()),
    close: () => opened.close(),
  };
}
