/**
 * Real receivers of notifications: an HTTP server, a program; what they refuse is no failure of a
 * study.
 */
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import type { Notification } from '../../activities';
import { createNotifyActivities } from '../../activities/notify';
import { checkedNotify, openChannels, type NotifySettings } from '../../src/study/notify';

const SECRET = 'T0KEN';
const MESSAGE: Notification = {
  event: 'finished',
  event_id: 'study/tiny@1/run/finished',
  ...{ study: 'tiny@1', status: 'done', summary: '13 of 13 runs done', dataset_version: 7 },
};

let server: Server;
let webhook: string;
/** What the webhook received. */
let received: string[];
/** Its next answers; then it takes everything. `silent`: none at all. */
let answers: (number | 'silent')[];
let folder: string;
beforeEach(async () => {
  [received, answers] = [[], []];
  server = createServer((request, answer) => {
    void text(request).then((body) => {
      received.push(body);
      const next = answers.shift() ?? 204;
      if (next !== 'silent') answer.writeHead(next, { location: '/elsewhere' }).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  webhook = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook/${SECRET}`;
  folder = mkdtempSync(path.join(os.tmpdir(), 'foretune-notify-'));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

/** The channels that took it, and what was logged. */
async function notify(settings: NotifySettings, timeoutMs = 10_000): Promise<[string[], string]> {
  let logged = '';
  const logger = new DefaultLogger('WARN', ({ message, meta }) => {
    logged += `${message} ${JSON.stringify(meta)}\n`;
  });
  const channels = openChannels(settings, { PATH: process.env.PATH }, timeoutMs);
  const activities = createNotifyActivities({ channels }, [10, 10]);
  const environment = new MockActivityEnvironment(undefined, { logger });
  return [
    await environment.run((message: Notification) => activities.notify(message), MESSAGE),
    logged,
  ];
}

const writes = (file: string) => ['python3', '-c', WRITE, file];
const WRITE =
  'import os, sys; open(sys.argv[1], "a").write(sys.stdin.read() + str(list(os.environ)))';

it('a command and a webhook get the same message', async () => {
  const file = path.join(folder, 'a file $(touch hacked)');
  const [notified, logged] = await notify({ command: writes(file), webhook });
  expect(notified).toEqual(['command', 'webhook']);
  expect(logged).toBe('');
  const [line = '', environment = ''] = readFileSync(file, 'utf8').split('\n');
  expect(JSON.parse(line)).toMatchObject({ format: 1, ...MESSAGE });
  expect(JSON.parse(line)).toEqual(JSON.parse(received[0] ?? ''));
  expect(environment).not.toMatch(/HOME|FORETUNE|AWS/);
});

it('without either nothing is sent', async () => {
  expect(await notify({})).toEqual([[], '']);
});

it('what fails is tried again, under the same id', async () => {
  answers = [500, 429];
  const [notified, logged] = await notify({ webhook });
  expect(notified).toEqual(['webhook']);
  const ids = received.map((body) => (JSON.parse(body) as Notification).event_id);
  expect(ids).toEqual([MESSAGE.event_id, MESSAGE.event_id, MESSAGE.event_id]);
  expect(logged).toMatch(
    /attempt 1: the server answered 500.*\n.*attempt 2: the server answered 429/,
  );
});

it.each([
  ['refuses', () => (answers = [403, 403, 403]), /the server answered 403/],
  ['sends elsewhere', () => (answers = [302, 302, 302]), /cannot be reached/],
  ['is silent', () => (answers = ['silent', 'silent', 'silent']), /did not answer in time/],
  ['is gone', () => server.close(), /cannot be reached \(ECONNREFUSED\)/],
])('a webhook that %s is warned of, without its address', async (_, prepare, expected) => {
  prepare();
  const [notified, logged] = await notify({ webhook, command: ['true'] }, 300);
  expect(notified).toEqual(['command']);
  expect(logged).toMatch(expected);
  expect(logged).not.toMatch(new RegExp(`${SECRET}|127\\.0\\.0\\.1`));
});

it.each([
  ['fails', ['false'], /ended with 1/],
  ['is not there', ['no-such-program'], /ENOENT/],
  ['hangs', ['sleep', '60'], /the command did not end within 0\.3 s/],
])('a command that %s is warned of', async (_, command, expected) => {
  const [notified, logged] = await notify({ command }, 300);
  expect(notified).toEqual([]);
  expect(logged).toMatch(expected);
});

it.each([
  ['an address of another kind', { webhook: `ftp://${SECRET}` }],
  ['an address that is none', { webhook: SECRET }],
  ['a command that is a shell string', { command: `curl ${SECRET}` }],
  ['a setting that nobody knows', { webhok: SECRET }],
])('%s is refused, and not repeated', (_, settings) => {
  expect(() => checkedNotify(settings)).toThrow(/^`notify` in temporal\.config\.ts is not valid/);
  expect(() => checkedNotify(settings)).not.toThrow(SECRET);
});
