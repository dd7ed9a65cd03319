import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { lastLines, pause } from '../../src/base/processes';
import {
  logFile,
  portsOf,
  startServer,
  stopServer,
  type Ports,
  type ServerSpec,
} from '../../src/stack/server';

let stateDir: string;
let strangers: Server[];
beforeEach(() => {
  stateDir = mkdtempSync(path.join(tmpdir(), 'foretune-server-'));
  strangers = [];
});
afterEach(async () => {
  await stopServer(stateDir, 's3');
  for (const stranger of strangers) stranger.close();
  rmSync(stateDir, { recursive: true });
});

const LISTEN = 'require("net").createServer().listen(+process.argv[1], "127.0.0.1")';

/** A server whose port a stranger takes between the choice and the start, so many times. */
function robbed(times: number): ServerSpec {
  return {
    name: 's3',
    title: 'the test server',
    ports: ['main'],
    command: ({ main }) => {
      if (strangers.length < times) strangers.push(createServer().listen(main, '127.0.0.1'));
      return { command: process.execPath, args: ['-e', LISTEN, String(main)], env: {} };
    },
    // The stranger must not be taken for the server.
    check: async ({ main }) => {
      const socket = connect(main ?? 0, '127.0.0.1');
      await once(socket, 'connect');
      socket.destroy();
      if (strangers.some((stranger) => portOf(stranger) === main)) throw new Error('a stranger');
    },
  };
}

function portOf(server: Server): number | undefined {
  const address = server.address();
  return typeof address === 'object' ? address?.port : undefined;
}

const start = (spec: ServerSpec): Promise<Ports> => startServer(stateDir, spec, () => undefined);

it('A port that was taken after it was chosen is given up for another one', async () => {
  const ports = await start(robbed(2));
  expect(strangers.map(portOf)).not.toContain(ports.main);
  expect(portsOf(stateDir, 's3')).toEqual(ports);
});

it('A port that was taken for a moment alone is tried again', async () => {
  const spec = robbed(1);
  const ports = await start({
    ...spec,
    check: async (given) => {
      const [stranger] = strangers;
      if (!stranger?.listening) return spec.check(given);
      while (!lastLines(logFile(stateDir, 's3')).includes('EADDRINUSE')) await pause(20);
      await new Promise((resolve) => stranger.close(resolve));
      throw new Error('a stranger');
    },
  });
  expect(portsOf(stateDir, 's3')).toEqual(ports);
});

it('A server that loses its port each time is not tried for ever', async () => {
  await expect(start(robbed(Infinity))).rejects.toThrow(/test server ended at once.*EADDRINUSE/s);
  expect(strangers).toHaveLength(3);
});

it('A server that ends of something else is tried once, and only its own words are shown', async () => {
  const spec: ServerSpec = {
    ...robbed(0),
    command: () => {
      strangers.push(createServer()); // counts the starts
      return { command: process.execPath, args: ['-e', 'throw "broken"'], env: {} };
    },
  };
  mkdirSync(path.join(stateDir, 'logs'));
  writeFileSync(logFile(stateDir, 's3'), 'a line of an earlier start\n');
  const error = await start(spec).catch(String);
  expect(error).toMatch(/ended at once.*broken/s);
  expect(error).not.toContain('earlier');
  expect(strangers).toHaveLength(1);
});
