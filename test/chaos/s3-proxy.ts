/** A proxy between S3's clients and the real server, which spoils answers as ordered. */
import {
  createServer,
  request,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import type { S3Fault } from './s3-faults';

export interface ProxyOptions {
  /** Of the real server, on loopback. */
  readonly port: number;
  fault(): S3Fault | null;
  /** Called once for each fault that kills: true when there was somebody to kill. */
  kill(): boolean;
}

interface Answer {
  readonly message: IncomingMessage;
  readonly body: Buffer;
}

const SLOW_MS = 1200;
const CODES = {
  '403': 'ExpiredToken',
  '409': 'OperationAborted',
  '500': 'InternalError',
  '503': 'SlowDown',
} as const;

export function createProxy(options: ProxyOptions): Server {
  return createServer((incoming, outgoing) => {
    void serve(options, incoming, outgoing).catch(() => outgoing.destroy());
  });
}

async function serve(
  options: ProxyOptions,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const body = await buffer(incoming);
  const fault = options.fault();
  if (isRefusal(fault)) return refuse(outgoing, fault);
  if (fault === 'slow') await setTimeout(SLOW_MS);
  const kills = isCommit(incoming) && fault?.startsWith('kill');
  if (kills && fault === 'kill-before-commit' && options.kill()) return void outgoing.destroy();
  const answer = await forward(options.port, incoming, body);
  if (kills && options.kill()) return void outgoing.destroy();
  if (fault === 'lost') return void outgoing.destroy();
  outgoing.writeHead(answer.message.statusCode ?? 502, answer.message.headers).end(answer.body);
}

function isRefusal(fault: S3Fault | null): fault is keyof typeof CODES {
  return fault !== null && fault in CODES;
}

function refuse(outgoing: ServerResponse, fault: keyof typeof CODES): void {
  const body = `<?xml version="1.0"?><Error><Code>${CODES[fault]}</Code><Message>by the test</Message></Error>`;
  outgoing.writeHead(Number(fault), { 'content-type': 'application/xml' }).end(body);
}

function isCommit({ method, url }: IncomingMessage): boolean {
  return method === 'PUT' && /\/_log\/\d+\.json/.test(url ?? '');
}

/** Headers go on as they are: the signature is over them, the host's name included. */
function forward(port: number, incoming: IncomingMessage, body: Buffer): Promise<Answer> {
  const { method, url, headers } = incoming;
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method, path: url, headers }, (message) => {
      buffer(message).then((got) => resolve({ message, body: got }), reject);
    });
    sent.once('error', reject);
    sent.end(body);
  });
}
