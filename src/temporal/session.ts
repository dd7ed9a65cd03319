/** An open session with the running stack: the dataset of record, the books, Temporal's client. */
import type { Client } from '@temporalio/client';
import { Studies } from '../books/studies';
import type { Config } from '../config';
import { openDataset } from '../dataset/log';
import { knownHead } from '../stack/known-head';
import { openStore } from '../stack/open-store';
import { startStack, type StackEndpoints } from '../stack/stack';
import { ensureWorker } from '../stack/worker-process';
import type { OnRecord } from '../study/on-record';
import { connectClient } from './client';

export interface Session extends OnRecord {
  readonly config: Config;
  readonly endpoints: StackEndpoints;
  /** Reports slow steps: servers that start, a worker that is replaced. */
  readonly say: (text: string) => void;
}

/** A session with a client to Temporal. */
export interface WorkSession extends Session {
  readonly client: Client;
}

/** Starts the stack if it is not running: reading the record needs its S3 server. */
export async function openSession(config: Config, say: Session['say']): Promise<Session> {
  const endpoints = await startStack(config, say);
  const store = await openStore(config, endpoints);
  const studies = new Studies(store);
  const dataset = openDataset(store, { known: knownHead(config, endpoints) });
  return { config, endpoints, say, store, dataset, studies };
}

/** As `openSession`, with a worker of the current build and a client to Temporal. */
export async function openWorkSession(config: Config, say: Session['say']): Promise<WorkSession> {
  const session = await openSession(config, say);
  await ensureWorker(config, session.endpoints, say);
  return { ...session, client: await connectClient(config, session.endpoints) };
}

/** Uses Temporal's client, without a worker. */
export async function withClient<T>(
  session: Session,
  ask: (client: Client) => Promise<T>,
): Promise<T> {
  const client = await connectClient(session.config, session.endpoints);
  try {
    return await ask(client);
  } finally {
    await client.connection.close();
  }
}
