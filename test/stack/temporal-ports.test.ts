/** A web page of another origin neither reads nor ends a study on the embedded Temporal server. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client, Connection } from '@temporalio/client';
import { portsOf } from '../../src/stack/server';
import { openBrowser } from '../support/browser';
import { testStack } from '../support/stack';

const stack = testStack({ AWS_ENDPOINT_URL: 'http://127.0.0.1:9' });
const site = createServer((_, response) => response.end('<!doctype html>'));
let connection: Connection;

beforeAll(async () => {
  await once(site.listen(0, '127.0.0.1'), 'listening');
  const { temporal } = await stack.start();
  connection = await Connection.connect({ address: temporal.address });
});
afterAll(async () => {
  site.close();
  await connection.close();
  await stack.close();
});

it('A web page of another origin reads no workflow and ends none', async () => {
  const { workflow } = new Client({ connection });
  const study = await workflow.start('study', { taskQueue: 'none', workflowId: 'my-study' });
  const ports = Object.values(portsOf(stack.config.stateDir, 'temporal') ?? {});
  expect(await fromPage(ports)).toEqual([]);
  expect((await study.describe()).status.name).toBe('RUNNING');
});

/** What a page of another origin could read, of all it asks each port for. */
async function fromPage(ports: readonly number[]): Promise<string[]> {
  const browser = await openBrowser();
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
    return await page.evaluate(tryAll, ports);
  } finally {
    await browser.close();
  }
}

/** Runs in the page. A request with plain text is sent even where its answer cannot be read. */
async function tryAll(ports: readonly number[]): Promise<string[]> {
  const text: string[] = [];
  const request = async (url: string, options: RequestInit) => {
    const signal = AbortSignal.timeout(5000);
    const answer = await fetch(url, { ...options, signal }).catch(() => null);
    text.push((await answer?.text().catch(() => '')) ?? '');
  };
  for (const port of ports) {
    const workflows = `http://127.0.0.1:${port}/api/v1/namespaces/default/workflows`;
    await request(workflows, {});
    await request(workflows, { mode: 'no-cors' });
    for (const mode of ['cors', 'no-cors'] as const)
      await request(`${workflows}/my-study/terminate`, { mode, method: 'POST', body: '{}' });
  }
  return text.filter(Boolean);
}
