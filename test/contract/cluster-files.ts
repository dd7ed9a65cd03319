/**
 * How files of jobs are reached, which may be on another machine: part of the contract of clusters.
 */
import { createHash } from 'node:crypto';
import { Artifacts } from '../../src/artifacts/artifacts';
import { SchemaError } from '../../src/base/errors';
import type { Cluster } from '../../src/cluster/cluster';
import { MemoryStore } from '../../src/dataset/memory-store';
import { textOf, untilStatus, type ClusterUnderTest } from '../support/jobs';

export function testFiles(current: ClusterUnderTest): void {
  testJobFiles(current);
  testWeights(current);
}

function testJobFiles({ cluster, another, job }: ClusterUnderTest): void {
  it("reads a job's files by name, whole or their end", async () => {
    const request = job(
      "os.mkdir('tables'); Path('tables/a').write_bytes(bytes(range(256)) * 1000); note('small', 'all of it')",
    );
    await cluster().submit(request);
    await untilStatus(cluster(), request.name, 'succeeded');
    const whole = Buffer.concat(Array.from({ length: 1000 }, () => Buffer.from(BYTES)));
    const read = async (name: string, last?: number) =>
      Buffer.from((await another().readFile(request.name, name, last ? { last } : {})) ?? []);
    expect((await read('tables/a')).equals(whole)).toBe(true);
    expect((await read('tables/a', 100)).equals(whole.subarray(-100))).toBe(true);
    expect((await read('small', 10_000)).toString()).toBe('all of it\n');
  });

  it('has no file that a job did not write', async () => {
    const request = job("os.mkdir('folder')");
    await cluster().submit(request);
    await untilStatus(cluster(), request.name, 'succeeded');
    for (const name of ['nowhere', 'folder', 'folder/nowhere', 'job.json/nowhere'])
      expect(await cluster().readFile(request.name, name)).toBeNull();
    expect(await cluster().readFile('never-submitted', 'result.json')).toBeNull();
  });

  it.each(['../other/result.json', '/etc/hostname', '.', 'a/../../b'])(
    'refuses to read %s, which is outside the work folder',
    async (name) => {
      await expect(cluster().readFile('any', name)).rejects.toThrow(SchemaError);
      await expect(cluster().readFile('any', name)).rejects.toThrow(`"${name}" is outside`);
    },
  );
}

const WEIGHTS = "b'w' * 3_000_000";
const BYTES = Array.from({ length: 256 }, (_, i) => i);

function testWeights({ cluster, another, job }: ClusterUnderTest): void {
  it('knows which weights are there', async () => {
    const made = await madeBy(current(), "Path('model').write_bytes(b'weights')");
    const absent = `${made}-that-nobody-made`;
    expect(await another().weights.missing([made, absent])).toEqual(new Set([absent]));
    await expect(cluster().weights.describe(absent)).rejects.toThrow('ENOENT');
  });

  it.each([
    ['a file', "Path('model').write_bytes(DATA)", ''],
    [
      'a folder',
      "os.makedirs('model/parts'); Path('model/parts/1').write_bytes(DATA); Path('model/config').touch()",
      '/parts/1',
    ],
  ])('gives weights that are %s to another job, by way of the store', async (_, make, inside) => {
    const artifacts = new Artifacts(new MemoryStore());
    const made = await madeBy(current(), `DATA = ${WEIGHTS}; ${make}`);
    const kept = await artifacts.keep(made, cluster().weights);
    expect(await artifacts.keep(made, another().weights)).toBe(kept);
    const fetched = await artifacts.fetch(kept, another().weights);
    expect(await another().weights.missing([fetched])).toEqual(new Set());
    const digest = createHash('sha256').update(Buffer.alloc(3e6, 'w')).digest('hex');
    expect(await digestSeenBy(current(), `${fetched}${inside}`)).toBe(digest);
  });

  const current = () => ({ cluster: cluster(), job });
}

type Current = { readonly cluster: Cluster; readonly job: ClusterUnderTest['job'] };

/** The address of what a job made as `model`. */
async function madeBy({ cluster, job }: Current, code: string): Promise<string> {
  const request = job(
    `${code}\nPath('result.json').write_text(json.dumps(Path('model').absolute().as_uri()))`,
  );
  await cluster.submit(request);
  await untilStatus(cluster, request.name, 'succeeded');
  return JSON.parse(await textOf(cluster, request, 'result.json')) as string;
}

/** What a job that is given an address finds there. */
async function digestSeenBy({ cluster, job }: Current, uri: string): Promise<string> {
  const plain = job(
    [
      'import hashlib, urllib.parse',
      'job = json.loads(Path(sys.argv[-1]).read_text())',
      "place = urllib.parse.urlparse(job['runs'][0]['input']['uri']).path",
      "note('digest', hashlib.sha256(Path(place).read_bytes()).hexdigest())",
    ].join('\n'),
  );
  const run = {
    run_id: 'v/sft',
    stage: 'sft',
    variant_id: 'v',
    fingerprint: '',
    config: {},
  } as const;
  const runs = [{ ...run, input: { run_id: 'v/pretrain', uri } }];
  const request = { ...plain, job: { ...plain.job, runs } };
  await cluster.submit(request);
  await untilStatus(cluster, request.name, 'succeeded');
  return (await textOf(cluster, request, 'digest')).trimEnd();
}
