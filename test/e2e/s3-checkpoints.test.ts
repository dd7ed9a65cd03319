/**
 * A study of checkpoints at s3:// addresses, in a bucket of the embedded server that is not the
 * dataset's.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { CreateBucketCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { s3Client } from '../../src/stack/s3-client';
import { embeddedCredentials } from '../../src/stack/s3-server';
import { openWorkplace, readState, type Ended, type Workplace } from '../support/cli';
import { ROOT } from '../support/root';

const MODELS = path.join(ROOT, 'examples/own-checkpoints/models');
const WEIGHTS = 'weights.safetensors';

let folder: string;
let workplace: Workplace;
let client: S3Client;
beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'foretune-s3-checkpoints-'));
  workplace = await openWorkplace();
  await workplace.foretune('up');
  client = embeddedClient(workplace.stateDir);
  await client.send(new CreateBucketCommand({ Bucket: 'team' }));
  for (const name of ['facts', 'books']) await upload(name);
}, 60_000);
afterAll(async () => {
  client.destroy();
  await workplace.close();
  rmSync(folder, { recursive: true });
}, 60_000);

function embeddedClient(stateDir: string): S3Client {
  const { s3 } = readState(stateDir, 's3-ports.json') as { s3: number };
  const credentials = embeddedCredentials(stateDir);
  return s3Client({ endpoint: `http://127.0.0.1:${s3}`, region: 'us-east-1', credentials });
}

async function upload(name: string, change: (bytes: Buffer) => void = () => {}): Promise<void> {
  const bytes = readFileSync(path.join(MODELS, name, WEIGHTS));
  change(bytes);
  const object = { Bucket: 'team', Key: `models/${name}/${WEIGHTS}` };
  await client.send(new PutObjectCommand({ ...object, Body: bytes }));
}

/** Runs the example's study, in short, on checkpoints at these addresses. */
function foretune(
  command: readonly string[],
  addresses: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const example = JSON.stringify(path.join(ROOT, 'examples/own-checkpoints/study.ts'));
  const all = { facts: 's3://team/models/facts', books: 's3://team/models/books/', ...addresses };
  const variants = Object.entries(all).map(([id, checkpoint]) => ({ id, checkpoint }));
  const sft = { lr: 0.002, steps: 2, batch: 8, train_items: 16, test_items: 16 };
  const file = path.join(folder, 'study.ts');
  writeFileSync(
    file,
    `import { defineStudy } from 'foretune';
import own from ${example};
const { cbqa } = own.tasks;
export default defineStudy({ ...own, name: 'on-s3', variants: ${JSON.stringify(variants)},
  tasks: { cbqa: { ...cbqa, sft: [${JSON.stringify(sft)}] } }, indicate: { dev_tokens: 512, items: 8 } });
`,
  );
  const [name = '', ...options] = command;
  return workplace.foretune(name, file, ...options);
}

it('is planned, run, and reused', async () => {
  expect((await foretune(['plan'])).code).toBe(10);
  const first = await foretune(['run']);
  expect(first).toMatchObject({ code: 0 });
  expect(first.stderr).toContain('6/6 runs');
  const again = await foretune(['run']);
  expect(again).toMatchObject({ code: 0 });
  expect(again.stderr).toContain('6 runs, all reused');
}, 240_000);

it('is refused by the names of variants whose objects or bucket are not there', async () => {
  const { code, stderr } = await foretune(['plan'], {
    facts: 's3://team/models/lost',
    books: 's3://no-such-bucket/books',
  });
  expect(code).toBe(1);
  expect(stderr).toMatch(/variant "facts": there is no object under "s3:\/\/team\/models\/lost"/);
  expect(stderr).toMatch(/variant "books": .*NoSuchBucket/);
}, 60_000);

it('is refused by the name of a variant whose object was replaced', async () => {
  await upload('facts', (bytes) => bytes.writeUInt8(bytes.readUInt8(5000) ^ 1, 5000));
  const { code, stderr } = await foretune(['run']);
  expect(code).toBe(1);
  expect(stderr).toMatch(/variants\.facts\.checkpoint: "etags:\w+" -> "etags:\w+"/);
  await upload('facts');
  expect((await foretune(['run'])).stderr).toContain('6 runs, all reused');
}, 120_000);
