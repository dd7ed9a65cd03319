/** A harness that could not fail would show nothing. */
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createProxy } from './s3-proxy';
import type { S3Fault } from './s3-faults';
import { drawRounds, FAULTS } from './schedule';
import { countRows } from './tables';

it('rows that are lost, doubled or other ones are counted', () => {
  const count = countRows(['a', 'b', 'c', 'c'], ['a', 'a', 'c', 'c', 'x']);
  expect(count).toEqual({ expected: 4, found: 5, doubled: 1, lost: 1, strange: 1 });
});

it('a seed draws the same rounds again, and every kind of fault before one comes back', () => {
  expect(drawRounds(1, 10)).toEqual(drawRounds(1, 10));
  expect(drawRounds(2, 10)).not.toEqual(drawRounds(1, 10));
  const kinds = drawRounds(1, 10).flatMap((round) => round.map(({ kind }) => kind));
  expect(new Set(kinds)).toEqual(new Set(FAULTS));
});

describe('the proxy', () => {
  let fault: S3Fault | null;
  let kills: number;
  let arrived: number;
  let servers: Server[];
  beforeEach(async () => {
    [fault, kills, arrived] = [null, 0, 0];
    const real = createServer((_, answer) => answer.end(`${++arrived}`)).listen(0, '127.0.0.1');
    await once(real, 'listening');
    const options = { port: portOf(real), fault: () => fault, kill: () => ++kills > 0 };
    const proxy = createProxy(options).listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    servers = [real, proxy];
  });
  afterEach(() => servers.forEach((server) => server.close().closeAllConnections()));

  const put = (key: string) =>
    fetch(`http://127.0.0.1:${portOf(servers[1])}/bucket/${key}`, { method: 'PUT', body: 'rows' });
  const ENTRY = '_log/00000000000000000001.json';

  it('passes requests on, or refuses them as ordered', async () => {
    expect(await (await put('data')).text()).toBe('1');
    for (const status of ['500', '503'] as const) {
      fault = status;
      expect((await put('data')).status).toBe(Number(status));
    }
    expect(arrived).toBe(1);
  });

  it.each([
    ['lost', 'data', 0, 1],
    ['kill-after-commit', ENTRY, 1, 1],
    ['kill-before-commit', ENTRY, 1, 0],
  ] as const)('with %s gives no answer', async (kind, key, killed, carriedOut) => {
    fault = kind;
    await expect(put(key)).rejects.toThrow();
    expect({ kills, arrived }).toEqual({ kills: killed, arrived: carriedOut });
  });
});

function portOf(server: Server | undefined): number {
  return (server?.address() as AddressInfo).port;
}
