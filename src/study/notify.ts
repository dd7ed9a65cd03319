/**
 * Channels of notifications: a command that reads JSON on standard input, or a webhook that accepts
 * JSON. A webhook's address may be a secret, so no error names it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { z } from 'zod';
import { SpecError } from '../base/errors';

const NotifySchema = z.strictObject({
  /** An argument vector, not a shell string. */
  command: z.array(z.string().min(1)).min(1).readonly().optional(),
  /** URL to which JSON is posted. */
  webhook: z.url({ protocol: /^https?$/, error: 'expected http(s)://…' }).optional(),
});
export type NotifySettings = z.infer<typeof NotifySchema>;

/** Throws SpecError if the setting is not valid, without the webhook's address. */
export function checkedNotify(settings: unknown): NotifySettings {
  const parsed = NotifySchema.safeParse(settings);
  if (parsed.success) return parsed.data;
  throw new SpecError(
    `\`notify\` in temporal.config.ts is not valid:\n${z.prettifyError(parsed.error)}`,
  );
}

export interface Channel {
  readonly name: 'command' | 'webhook';
  /** Sends one message. Throws an error that says why it failed, without the webhook's address. */
  send(message: string): Promise<void>;
}

const TIMEOUT_MS = 10_000;

/** `environment` is the whole environment of the command. */
export function openChannels(
  { command, webhook }: NotifySettings,
  environment: NodeJS.ProcessEnv,
  timeoutMs = TIMEOUT_MS,
): Channel[] {
  const channels: Channel[] = [];
  if (command)
    channels.push({ name: 'command', send: (text) => run(command, environment, text, timeoutMs) });
  if (webhook !== undefined)
    channels.push({ name: 'webhook', send: (text) => post(webhook, text, timeoutMs) });
  return channels;
}

/** The output of the command is dropped: a program that posts the message may print the address. */
async function run(
  [program = '', ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
  message: string,
  timeout: number,
): Promise<void> {
  const stdio: ['pipe', 'ignore', 'ignore'] = ['pipe', 'ignore', 'ignore'];
  const child = spawn(program, args, { env, stdio, timeout, killSignal: 'SIGKILL' });
  // The command may exit without reading its input; its exit code counts.
  child.stdin.on('error', () => undefined);
  child.stdin.end(message);
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  if (signal === 'SIGKILL') throw new Error(`the command did not end within ${timeout / 1000} s`);
  if (code !== 0) throw new Error(`the command ended with ${code ?? signal}`);
}

async function post(url: string, body: string, timeout: number): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const signal = AbortSignal.timeout(timeout);
  const request = { method: 'POST', headers, body, signal, redirect: 'error' } as const;
  const answer = await fetch(url, request).catch((error: unknown) => {
    throw new Error(whyNot(error)); // without its cause, which may contain the address
  });
  await answer.body?.cancel();
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
}

function whyNot(error: unknown): string {
  const { name, cause } = error as { readonly name?: string; readonly cause?: { code?: unknown } };
  if (name === 'TimeoutError') return 'the server did not answer in time';
  return `the server cannot be reached${typeof cause?.code === 'string' ? ` (${cause.code})` : ''}`;
}
