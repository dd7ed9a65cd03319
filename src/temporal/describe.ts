/** Asks Temporal what it knows of a workflow. */
import type { Client } from '@temporalio/client';
import { connectClient } from './client';
import type { Describe, Describer } from './description';
import type * as Embedded from './embedded-describer';
import type { Session } from './session';

// Loaded late, since gRPC takes time to load and most commands do not need it.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const embedded = () => require('./embedded-describer') as typeof Embedded;

/** Connects at the first question; many studies need none. */
export async function withDescribe<T>(
  session: Pick<Session, 'config' | 'endpoints'>,
  work: (describe: Describe) => Promise<T>,
): Promise<T> {
  let opened: Promise<Describer> | undefined;
  try {
    return await work(async (workflow) => (await (opened ??= open(session))).describe(workflow));
  } finally {
    await (await opened)?.close();
  }
}

/**
 * Loading and connecting Temporal's client takes .2 s of CPU time, so the embedded server is asked
 * without it. A server of the user's own may need TLS, a key or headers.
 */
async function open({
  config,
  endpoints,
}: Pick<Session, 'config' | 'endpoints'>): Promise<Describer> {
  if (config.temporal.address === null) return embedded().openDescriber(endpoints.temporal);
  const client = await connectClient(config, endpoints);
  return { describe: describeWith(client), close: () => client.connection.close() };
}

export function describeWith({ workflow }: Pick<Client, 'workflow'>): Describe {
  return (id) =>
    workflow
      .getHandle(id)
      .describe()
      .then(({ raw }) => raw, nullIfUnknown);
}

function nullIfUnknown(error: unknown): null {
  if (error instanceof Error && error.name === 'WorkflowNotFoundError') return null;
  throw error;
}
