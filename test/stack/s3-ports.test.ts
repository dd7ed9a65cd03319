/**
 * Nobody but the owner uses a port of the embedded S3 server: neither another Unix user nor a page
 * in the owner's browser. Only root can run a program as another user; otherwise it is the same
 * user without the owner's files.
 */
import { spawnSync, type SpawnSyncOptions } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { s3Client } from '../../src/stack/s3-client';
import { securityEnvironment } from '../../src/stack/s3-security';
import { portsOf, type Ports } from '../../src/stack/server';
import { openBrowser } from '../support/browser';
import { ROOT, inVenv } from '../support/root';
import { testStack } from '../support/stack';

const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
const MARK = 'secret rows';
/** Longer than what SeaweedFS keeps in its index of files. */
const SECRET = `${MARK} `.repeat(10_000);
const KEY = 'dataset/secret';
const METHODS = ['GET', 'POST', 'PUT', 'DELETE'];
const Bucket = 'foretune';
/** The object, as the filer has it. */
const FILE = `/buckets/${Bucket}/${KEY}`;
/** Another user, if possible. */
const stranger = isRoot ? { uid: NOBODY, gid: NOBODY } : {};

const stack = testStack({ TEMPORAL_ADDRESS: '127.0.0.1:1' });
const { stateDir } = stack.config;
/** Programs where another user can execute them. */
const programs = mkdtempSync(path.join(os.tmpdir(), 'foretune-programs-'));
let client: S3Client;
let ports: Ports;
let paths: string[];

beforeAll(async () => {
  if (!isRoot) console.warn('Not root: ports are tried as the same user, without credentials.');
  const { s3 } = await stack.start();
  client = s3Client(s3);
  ports = portsOf(stateDir, 's3') ?? {};
  await put(KEY);
  const files = [process.execPath, inVenv('weed'), path.join(ROOT, 'test/stack/attempts.cjs')];
  files.forEach(share);
  chmodSync(programs, 0o755);
  const fileId = /"fileId":\s*"([^"]+)"/.exec(ownShell(`fs.meta.cat ${FILE}`))?.[1];
  expect(fileId).toBeDefined();
  paths = [
    ...['/', `/${Bucket}`, `/${Bucket}/${KEY}`, '/buckets/', FILE, '/new', `/${fileId}`],
    ...[`/dir/lookup?fileId=${fileId}`, '/dir/assign', '/submit', '/vol/vacuum'],
    ...['/api/objects', '/delete?recursive=true'],
  ];
}, 120_000);

afterAll(async () => {
  client?.destroy();
  rmSync(programs, { recursive: true });
  await stack.close();
});

function share(file: string): void {
  const copy = path.join(programs, path.basename(file));
  copyFileSync(file, copy);
  chmodSync(copy, 0o755);
}

function ownShell(command: string): string {
  return shell(command, { env: securityEnvironment(stateDir), timeout: 30_000 });
}

function shell(command: string, options: SpawnSyncOptions): string {
  const { master, masterGrpc, filer, filerGrpc } = ports;
  const servers = [
    `-master=127.0.0.1:${master}.${masterGrpc}`,
    `-filer=127.0.0.1:${filer}.${filerGrpc}`,
  ];
  return run('weed', ['shell', ...servers], { ...options, input: `lock\n${command}\nexit\n` });
}

function run(program: string, args: readonly string[], options: SpawnSyncOptions): string {
  const env = { PATH: '/usr/bin:/bin', HOME: programs, ...options.env };
  const ended = spawnSync(path.join(programs, program), args, {
    ...{ cwd: programs, killSignal: 'SIGKILL' as const },
    ...options,
    env,
  });
  return `${String(ended.stdout)}${String(ended.stderr)}`;
}

async function expectUntouched(): Promise<void> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: KEY }));
  expect((await Body?.transformToString()) === SECRET).toBe(true);
  expect(await keys()).toEqual([KEY, 'health']);
}

async function keys(): Promise<unknown> {
  const { Contents } = await client.send(new ListObjectsV2Command({ Bucket }));
  return Contents?.map(({ Key }) => Key);
}

function put(Key: string): Promise<unknown> {
  return client.send(new PutObjectCommand({ Bucket, Key, Body: SECRET }));
}

it('Another user reads and changes nothing over HTTP', async () => {
  const input = JSON.stringify({ ports: Object.values(ports), paths, mark: MARK });
  const program = path.basename(process.execPath);
  const achieved = run(program, ['attempts.cjs'], { ...stranger, input, timeout: 100_000 });
  expect(JSON.parse(achieved)).toEqual([]);
  await expectUntouched();
}, 120_000);

it('The gRPC ports answer the owner only', async () => {
  await put('theirs');
  await put('own');
  shell(`fs.rm /buckets/${Bucket}/theirs`, { ...stranger, timeout: 5000 });
  ownShell(`fs.rm /buckets/${Bucket}/own`);
  expect(await keys()).toEqual([KEY, 'health', 'theirs']);
  await client.send(new DeleteObjectCommand({ Bucket, Key: 'theirs' }));
});

(isRoot ? it : it.skip)('Another user cannot open the state folder', () => {
  const node = path.basename(process.execPath);
  const code = `require('fs').readdirSync(${JSON.stringify(stateDir)})`;
  expect(run(node, ['-e', code], stranger)).toContain('EACCES');
});

it('A web page of another origin reads and changes nothing', async () => {
  const site = createServer((_, response) => response.end('<!doctype html>')).listen(0);
  const browser = await openBrowser();
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
    const given = { ports: Object.values(ports), paths, methods: METHODS, mark: MARK };
    const achieved = await page.evaluate(tryAll, given);
    expect(achieved).toEqual([]);
  } finally {
    await browser.close();
    site.close();
  }
  await expectUntouched();
}, 120_000);

interface Given {
  readonly ports: number[];
  readonly paths: string[];
  readonly methods: string[];
  readonly mark: string;
}

/** Runs in the page. */
async function tryAll({ ports, paths, methods, mark }: Given): Promise<string[]> {
  const achieved: string[] = [];
  const attempt = async (url: string, method: string, mode: RequestMode) => {
    const body = method === 'POST' || method === 'PUT' ? { body: 'overwritten' } : {};
    const signal = AbortSignal.timeout(2000);
    const answer = await fetch(url, { method, mode, signal, ...body }).catch(() => null);
    const text = await answer?.text().catch(() => '');
    if (answer?.ok || text?.includes(mark)) achieved.push(`${mode} ${method} ${url}`);
  };
  const attemptsOn = async (port: number) => {
    for (const place of paths)
      for (const method of methods)
        for (const mode of ['cors', 'no-cors'] as const)
          await attempt(`http://127.0.0.1:${port}${place}`, method, mode);
  };
  await Promise.all(ports.map(attemptsOn));
  return achieved;
}
