/**
 * A study whose credentials are marked, and a search for the marks in every place but those that
 * have to hold them: the environments that the user exported them to (commands and the worker, and
 * the compiler that these start), and for the embedded S3 server one file that only its owner
 * reads. `foretune env` prints them, since that is asked of it.
 */
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { openWorkplace, pidIn, type Ended, type Running, type Workplace } from '../support/cli';
import { ownClone, recipeIs, type OwnClone } from '../support/own-clone';
import { runningAttempts, untilJobRuns, workFolderOf } from '../support/running-jobs';
import { startS3Proxy, type S3Proxy } from '../support/s3-proxy';
import { startSeaweed, type Seaweed } from '../support/seaweed';
import {
  commandLine,
  environment,
  filesIn,
  historiesOf,
  leaks,
  objectsIn,
  type Place,
} from '../support/secrets';
import { startServer } from '../support/temporal';
import { s3Client } from '../../src/stack/s3-client';
import { embeddedCredentials } from '../../src/stack/s3-server';

const TINY = 'test/fixtures/studies/tiny.ts';
const MARKED = {
  AWS_ACCESS_KEY_ID: 'MARKEDACCESSKEY4711',
  AWS_SECRET_ACCESS_KEY: 'marked-secret-key-4712',
  TEMPORAL_API_KEY: 'marked-api-key-4713',
};
const TOKEN = 'marked-session-token-4714';
const HOOK = 'marked-webhook-4715';
const SECRETS = [...Object.values(MARKED), TOKEN, HOOK];

let clone: OwnClone;
/** What the webhook received; it accepts the first message at the second try. */
const received: string[] = [];
const receiver = createServer((request, answer) => {
  void text(request).then((body) => answer.writeHead(received.push(body) === 1 ? 500 : 204).end());
});
beforeAll(async () => {
  await once(receiver.listen(0, '127.0.0.1'), 'listening');
  const { port } = receiver.address() as AddressInfo;
  const webhook = `{ webhook: 'http://127.0.0.1:${port}/${HOOK}' }`;
  clone = ownClone(recipeIs('talkative_recipe.py'), [
    "Settings['notify'] = {}",
    `Settings['notify'] = ${webhook}`,
  ]);
});
afterAll(() => {
  receiver.close();
  clone.remove();
});

describe('credentials of servers of your own', () => {
  let seaweed: Seaweed;
  let proxy: S3Proxy;
  let temporal: TestWorkflowEnvironment;
  let workplace: Workplace;
  /** What commands printed. */
  const printed: Place[] = [];
  beforeAll(async () => {
    seaweed = await startSeaweed(MARKED.AWS_ACCESS_KEY_ID, MARKED.AWS_SECRET_ACCESS_KEY);
    proxy = await startS3Proxy(seaweed.environment.AWS_ENDPOINT_URL ?? '');
    temporal = await startServer();
    workplace = await openWorkplace(clone.folder);
  }, 60_000);
  afterAll(async () => {
    await workplace.with(variables()).foretune('down', '--force');
    await workplace.close();
    await Promise.all([temporal.teardown(), proxy.close(), seaweed.stop()]);
  }, 60_000);

  it('are seen by no job while the study runs, and by no process as an argument', async () => {
    const run = workplace.with(variables()).start('run', TINY);
    expect(await leaksWhileRunning(run)).toEqual([]);
    const ended = await keep('run', run);
    expect(ended).toMatchObject({ code: 2 }); // one of its jobs fails
    expect(ended.stderr).toContain('I failed, and see');
    const [first, second] = received.map((body) => JSON.parse(body) as Record<string, unknown>);
    expect(second).toMatchObject({ event: 'failed', study: 'tiny@1', event_id: first?.event_id });
    const log = readFileSync(path.join(workplace.stateDir, 'logs/worker.log'), 'utf8');
    expect(log).toContain('Notification by webhook failed, attempt 1: the server answered 500.');
  }, 120_000);

  it('are in no message when the store refuses them, or dies, while a study runs', async () => {
    const run = workplace.with(variables()).start('run', TINY, '--seed', '1');
    const job = await untilJobRuns(workplace, run);
    proxy.now = 'gone';
    expect((await keep('died', run)).code).toBe(1);
    proxy.now = 'refusing';
    letGo(job);
    const worker = path.join(workplace.stateDir, 'logs/worker.log');
    while (!readFileSync(worker, 'utf8').includes('rejects the credentials')) await setTimeout(50);
    const refused = await keep(
      'list',
      workplace.with({ ...variables(), AWS_SESSION_TOKEN: TOKEN }).start('list'),
    );
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('rejects the credentials');
    proxy.now = 'passing';
  }, 120_000);

  it('are in no message when keys are wrong', async () => {
    const wrong = { AWS_SECRET_ACCESS_KEY: `${MARKED.AWS_SECRET_ACCESS_KEY}-wrong` };
    const ended = await keep('wrong', workplace.with({ ...variables(), ...wrong }).start('list'));
    expect(ended).toMatchObject({ code: 1, stdout: '' });
  });

  it.each([
    ['status', 'tiny', '--runs'],
    ['status', 'tiny', '-o', 'json'],
    ['doctor'],
    ['logs', 'sc/pretrain', '--study', 'tiny'],
    ['data', 'show', 'runs', '-o', 'json'],
    ['report', 'tiny'],
  ])('are not printed by %s', async (...args) => {
    const { stdout } = await keep(args.join(' '), workplace.with(variables()).start(...args));
    expect(stdout).not.toBe('');
  });

  it('are in no history, object, file or output', async () => {
    const histories = await historiesOf(temporal.client);
    const objects = await objectsIn(seaweed.client, seaweed.bucket);
    const files = filesIn(workplace.stateDir);
    for (const places of [histories, objects, files, printed])
      expect(places.length).toBeGreaterThan(5);
    expect(leaks([...histories, ...objects, ...files, ...printed], SECRETS)).toEqual([]);
  });

  function variables(): NodeJS.ProcessEnv {
    return {
      ...MARKED,
      S3_ENDPOINT: proxy.endpoint,
      FORETUNE_DATASET: `s3://${seaweed.bucket}/dataset`,
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_TLS: 'false',
    };
  }

  async function keep(name: string, running: Running): Promise<Ended> {
    const ended = await running.ended;
    printed.push([`output of ${name}`, ended.stdout + ended.stderr]);
    return ended;
  }

  /** Commands and the worker may hold in their environment what the user exported. */
  async function leaksWhileRunning(run: Running): Promise<string[]> {
    return watch(workplace, run, SECRETS, () => [
      run.process.pid ?? 0,
      pidIn(workplace.stateDir, 'worker.pid'),
    ]);
  }
});

describe('credentials of the embedded S3 server', () => {
  let workplace: Workplace;
  beforeAll(async () => void (workplace = await openWorkplace(clone.folder)));
  afterAll(() => workplace.close(), 60_000);

  it('lie in one file that only its owner reads, and nowhere else', async () => {
    const { stateDir } = workplace;
    const up = await workplace.foretune('up');
    const file = path.join(stateDir, 's3-credentials.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const keys = embeddedCredentials(stateDir);
    const secrets = [keys.secretAccessKey, keys.accessKeyId];
    const run = workplace.start('run', TINY);
    expect(await watch(workplace, run, secrets, () => [])).toEqual([]);
    const { stdout, stderr } = await run.ended;

    const { s3, temporal } = { s3: portOf('s3', 's3'), temporal: portOf('temporal', 'frontend') };
    const address = { endpoint: `http://127.0.0.1:${s3}`, region: 'us-east-1', credentials: keys };
    const connection = await Connection.connect({ address: `127.0.0.1:${temporal}` });
    const places: Place[] = [
      ...(await historiesOf(new Client({ connection }))),
      ...(await objectsIn(s3Client(address), 'foretune')),
      ...filesIn(stateDir).filter(([name]) => name !== file),
      ['output', up.stdout + up.stderr + stdout + stderr],
    ];
    await connection.close();
    expect(leaks(places, secrets)).toEqual([]);
    expect(statSync(stateDir).mode & 0o077).toBe(0);
  }, 120_000);

  function portOf(server: string, name: string): number | undefined {
    const text = readFileSync(path.join(workplace.stateDir, `${server}-ports.json`), 'utf8');
    return (JSON.parse(text) as Record<string, number>)[name];
  }
});

/** Lets each job go on once it, and all that runs beside it, was looked at. */
async function watch(
  workplace: Workplace,
  run: Running,
  secrets: readonly string[],
  mayHold: () => readonly number[],
): Promise<string[]> {
  const found: string[] = [];
  const seen = new Set<string>();
  while (run.process.exitCode === null) {
    for (const job of runningAttempts(workplace.stateDir).filter((one) => !seen.has(one))) {
      const places = processPlaces(workplace, job, mayHold());
      if (!places) continue; // looked at again in a moment: it waits to be let go
      seen.add(job);
      found.push(...leaks(places, secrets));
      letGo(job);
    }
    await setTimeout(20);
  }
  expect(seen.size).toBeGreaterThan(2);
  return found;
}

/**
 * Null while a process of the job is not to be seen: between fork and exec it has no command line.
 */
function processPlaces(
  workplace: Workplace,
  job: string,
  mayHold: readonly number[],
): Place[] | null {
  const ofJob = ['child', 'wrapper'].map((name) => pidIn(job, `${name}.json`));
  const pids = workplace.processes();
  if (!ofJob.every((pid) => pids.includes(pid))) return null;
  const compiles = (pid: number) => commandLine(pid)[1].includes('/esbuild');
  const others = pids.filter((pid) => !mayHold.includes(pid) && !compiles(pid));
  return [...pids.map(commandLine), ...others.map(environment), ...ofJob.map(environment)];
}

function letGo(attempt: string): void {
  writeFileSync(path.join(workFolderOf(attempt), 'go'), '');
}
