/** What commands share: the running stack, the dataset of record, the books, Temporal's client. */
import type { Client } from '@temporalio/client';
import type { Dataset } from '../dataset/log';
import { openDataset } from '../dataset/log';
import { Studies } from '../books/studies';
import type { ObjectStore } from '../dataset/store';
import { connectClient } from './client';
import { openStore } from '../stack/open-store';
import { startStack, type StackEndpoints } from '../stack/stack';
import { ensureWorker } from '../stack/worker-process';
import type { CliContext } from '../cli/context';

export interface Session {
  readonly endpoints: StackEndpoints;
  readonly store: ObjectStore;
  readonly dataset: Dataset;
  readonly studies: Studies;
}

/** The stack is started when it is not running: reading the record needs its S3 server. */
export async function openSession(context: CliContext): Promise<Session> {
  const endpoints = await startStack(context.config, context.stderr);
  const store = await openStore(context.config, endpoints);
  return { endpoints, store, dataset: openDataset(store), studies: new Studies(store) };
}

/** As `openSession`, with a worker of this code's build and a client to Temporal. */
export async function openWorkSession(context: CliContext): Promise<Session & { client: Client }> {
  const session = await openSession(context);
  await ensureWorker(context.config, session.endpoints, context.stderr);
  return { ...session, client: await connectClient(context.config, session.endpoints) };
}
