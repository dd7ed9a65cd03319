/** A server of the embedded stack: checked if it is running, otherwise started with its data. */
import { connect } from 'node:net';
import path from 'node:path';
import { z } from 'zod';
import { StackError } from '../base/errors';
import { sizeOf } from '../base/file-tail';
import {
  isAlive,
  lastLines,
  pause,
  ProcessIdentitySchema,
  spawnDetached,
  terminate,
  type ProcessIdentity,
} from '../base/processes';
import { freePorts, isFree } from './ports';
import { readState, removeState, writeState } from './state';

export type Ports = Readonly<Record<string, number>>;

export interface ServerSpec {
  readonly name: 'temporal' | 's3';
  /** Name for users. */
  readonly title: string;
  /** Names of the ports it listens on; the first is the one that clients use. */
  readonly ports: readonly [string, ...string[]];
  command(ports: Ports): {
    readonly command: string;
    readonly args: readonly string[];
    readonly env: NodeJS.ProcessEnv;
  };
  /** Resolves if the server answers a real request. */
  check(ports: Ports): Promise<void>;
  /** Called once after each start. */
  prepare?(ports: Ports): Promise<void>;
}

const HEALTHY_WITHIN_MS = 60_000;
const STOP_GRACE_MS = 15_000;
const MOST_STARTS = 3;
const ERROR_LINES = 20;
const SAYS_TAKEN = /address already in use|EADDRINUSE/i;

const PortsSchema = z.record(z.string(), z.number());
const ServerSchema = ProcessIdentitySchema.extend({ ready: z.boolean().default(true) });

/** The ports that a server was given, or undefined before its first start. */
export function portsOf(stateDir: string, name: string): Ports | undefined {
  return readState(stateDir, `${name}-ports.json`, PortsSchema);
}

export function identityOf(stateDir: string, name: string): ProcessIdentity | undefined {
  return readState(stateDir, `${name}.json`, ProcessIdentitySchema);
}

/**
 * A quick check: the server was healthy, its process is alive and its first port accepts
 * connections.
 */
export async function isUp(stateDir: string, spec: ServerSpec): Promise<boolean> {
  const server = readState(stateDir, `${spec.name}.json`, ServerSchema);
  const port = portsOf(stateDir, spec.name)?.[spec.ports[0]];
  return !!server?.ready && port !== undefined && isAlive(server) && takesConnections(port);
}

/**
 * Starts the server on free ports, or on its previous ports if they are free. Do not call it
 * concurrently. If another program takes a port between its selection and its use, other ports are
 * chosen.
 */
export async function startServer(
  stateDir: string,
  spec: ServerSpec,
  say: (text: string) => void,
): Promise<Ports> {
  await stopServer(stateDir, spec.name);
  for (let start = 1; ; start++) {
    const ports = await choosePorts(stateDir, spec, say);
    try {
      await launch(stateDir, spec, ports);
      return ports;
    } catch (error) {
      const ended = !(await stopServer(stateDir, spec.name));
      // A port may have been in use only briefly; then only the server's own message shows it.
      const lostPort = SAYS_TAKEN.test(String(error)) || !(await allFree(Object.values(ports)));
      if (start === MOST_STARTS || !ended || !lostPort) throw error;
    }
  }
}

async function launch(stateDir: string, spec: ServerSpec, ports: Ports): Promise<void> {
  const file = logFile(stateDir, spec.name);
  const log = { file, from: sizeOf(file) };
  const { command, args, env } = spec.command(ports);
  const identity = await spawnDetached(command, args, { env, log: file, cwd: stateDir }).catch(
    (cause: unknown) => {
      throw new StackError(
        `${spec.title} could not be started with "${command}": ${String(cause)}. Run: node infra/setup.mjs`,
        { cause },
      );
    },
  );
  // Record the process at once, so that it can be stopped; other commands use it when it is ready.
  writeState(stateDir, `${spec.name}.json`, { ...identity, ready: false });
  await untilHealthy(spec, ports, identity, log);
  await spec.prepare?.(ports);
  writeState(stateDir, `${spec.name}.json`, { ...identity, ready: true });
}

export async function stopServer(stateDir: string, name: string): Promise<boolean> {
  const identity = identityOf(stateDir, name);
  const running = identity !== undefined && isAlive(identity);
  if (running) await terminate(identity, STOP_GRACE_MS);
  removeState(stateDir, `${name}.json`);
  return running;
}

export function logFile(stateDir: string, name: string): string {
  return path.join(stateDir, 'logs', `${name}.log`);
}

/** What one process has written to a log that its predecessors wrote to before. */
export interface LogPart {
  readonly file: string;
  /** The log's size in bytes when the process was started. */
  readonly from: number;
}

/** The end of a log, as the last part of an error message. */
export function endOf({ file, from }: LogPart): string {
  return `The end of ${file}:\n${lastLines(file, ERROR_LINES, from) || '(nothing since this start)'}`;
}

async function choosePorts(
  stateDir: string,
  spec: ServerSpec,
  say: (text: string) => void,
): Promise<Ports> {
  const remembered = portsOf(stateDir, spec.name);
  const known = spec.ports.map((name) => remembered?.[name]);
  if (remembered && (await allFree(known))) return remembered;
  if (remembered)
    say(`A port of ${spec.title} is in use by another program; the server moves to new ports.`);
  const fresh = await freePorts(spec.ports.length);
  const ports = Object.fromEntries(spec.ports.map((name, i) => [name, fresh[i] ?? 0]));
  writeState(stateDir, `${spec.name}-ports.json`, ports);
  return ports;
}

async function allFree(ports: readonly (number | undefined)[]): Promise<boolean> {
  const free = await Promise.all(ports.map(async (port) => port !== undefined && isFree(port)));
  return free.every(Boolean);
}

async function untilHealthy(
  spec: ServerSpec,
  ports: Ports,
  identity: ProcessIdentity,
  log: LogPart,
): Promise<void> {
  let reason: unknown = 'it did not answer';
  for (const end = Date.now() + HEALTHY_WITHIN_MS; Date.now() < end; await pause(100)) {
    if (!isAlive(identity)) throw new StackError(`${spec.title} ended at once. ${endOf(log)}`);
    try {
      return await spec.check(ports);
    } catch (error) {
      reason = error;
    }
  }
  throw new StackError(
    `${spec.title} is not healthy after ${HEALTHY_WITHIN_MS / 1000} s (${String(reason)}). ${endOf(log)}`,
    { cause: reason },
  );
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 1000 });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}
