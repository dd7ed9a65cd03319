/**
 * Tries HTTP requests without credentials, as any program could. Standard input: `{ ports, paths,
 * mark }`; standard output: one text for each request that was
 * not refused, or whose answer has the mark. Plain JavaScript, because another user runs it.
 */
const http = require('node:http');
const https = require('node:https');
const { json, text } = require('node:stream/consumers');

const METHODS = ['GET', 'POST', 'PUT', 'DELETE'];
/** A gRPC port answers HTTP/1.1 with silence. */
const TIMEOUT_MS = 2000;

function attempt(protocol, port, path, method) {
  return new Promise((resolve) => {
    const options = { host: '127.0.0.1', port, path, method, rejectUnauthorized: false };
    const sent = protocol.request({ ...options, agent: false, timeout: TIMEOUT_MS });
    sent.once('error', () => resolve(null));
    sent.once('timeout', () => sent.destroy(new Error('silence')));
    sent.once('response', async (response) => {
      resolve({ status: response.statusCode, body: await text(response).catch(() => '') });
    });
    sent.end(method === 'GET' || method === 'DELETE' ? undefined : 'overwritten');
  });
}

async function attemptsOn(port, paths, mark) {
  const achieved = [];
  for (const path of paths)
    for (const method of METHODS)
      for (const [name, protocol] of Object.entries({ http, https })) {
        const answer = await attempt(protocol, port, path, method);
        if (answer && (answer.status < 400 || answer.body.includes(mark)))
          achieved.push(`${method} ${name}://127.0.0.1:${port}${path}: ${answer.status}`);
      }
  return achieved;
}

async function main() {
  const { ports, paths, mark } = await json(process.stdin);
  const achieved = await Promise.all(ports.map((port) => attemptsOn(port, paths, mark)));
  process.stdout.write(JSON.stringify(achieved.flat()));
}

void main();
