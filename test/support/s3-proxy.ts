/** A proxy between foretune and an S3 server: forwards, refuses as AWS does, or is gone. */
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface S3Proxy {
  readonly endpoint: string;
  now: 'passing' | 'refusing' | 'gone';
  close(): Promise<void>;
}

export async function startS3Proxy(target: string): Promise<S3Proxy> {
  const server = createServer((incoming, answer) => serve(proxy, target, incoming, answer));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const proxy: S3Proxy = {
    endpoint: `http://127.0.0.1:${port}`,
    now: 'passing',
    close: async () => {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
  return proxy;
}

function serve(
  { now }: S3Proxy,
  target: string,
  incoming: IncomingMessage,
  answer: ServerResponse,
): void {
  if (now === 'gone') return void incoming.socket.destroy();
  if (now === 'refusing') return refuse(incoming, answer);
  const { method, url, headers } = incoming;
  // The signature holds for the headers as they are, the host's among them.
  const onward = request(new URL(url ?? '/', target), { method, headers }, (result) => {
    answer.writeHead(result.statusCode ?? 502, result.headers);
    result.pipe(answer);
  });
  onward.on('error', () => incoming.socket.destroy());
  incoming.pipe(onward);
}

/** AWS repeats the key and all that was signed, a session token among it. */
function refuse(incoming: IncomingMessage, answer: ServerResponse): void {
  const authorization = incoming.headers.authorization ?? '';
  const key = /Credential=([^/]+)/.exec(authorization)?.[1] ?? '';
  const signed = JSON.stringify(incoming.headers).replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  incoming.resume();
  answer.writeHead(403, { 'content-type': 'application/xml', 'x-echo': authorization });
  answer.end(
    `<?xml version="1.0" encoding="UTF-8"?><Error><Code>SignatureDoesNotMatch</Code><Message>The request signature we calculated does not match the signature you provided.</Message><AWSAccessKeyId>${key}</AWSAccessKeyId><StringToSign>${signed}</StringToSign><CanonicalRequest>${signed}</CanonicalRequest></Error>`,
  );
}
