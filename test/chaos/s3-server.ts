/**
 * The S3 server as the embedded stack of a product copy starts it: `s3-server.ts <weed> <its
 * arguments>`. The real one, behind a proxy that listens on the port which the stack asked for.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { kill, pidIn } from '../support/cli';
import { createProxy } from './s3-proxy';
import { faultIn, setFault } from './s3-faults';

const PORT = /^-s3\.port=(\d+)$/;
/** Where the stack starts its servers. */
const stateDir = process.cwd();

async function main([weed = '', ...args]: string[]): Promise<void> {
  const listen = Number(args.map((arg) => PORT.exec(arg)?.[1]).find(Boolean));
  const port = await freePort();
  const own = args.map((arg) => (PORT.test(arg) ? `-s3.port=${port}` : arg));
  // To the stack the two are one process: the server ends with the proxy, however that ends.
  const server = spawn('setpriv', ['--pdeathsig', 'KILL', weed, ...own], { stdio: 'inherit' });
  server.once('exit', (code) => process.exit(code ?? 1));
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => server.kill(name));
  createProxy({ port, fault: () => faultIn(stateDir), kill: killWorker }).listen(
    listen,
    '127.0.0.1',
  );
}

function killWorker(): boolean {
  if (!faultIn(stateDir)) return false; // another request was first
  setFault(stateDir, null);
  kill(pidIn(stateDir, 'worker.pid'));
  return true;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await once(server.close(), 'close');
  return port;
}

void main(process.argv.slice(2));
