/** Connects to Temporal. */
import type {
  Client,
  Connection,
  WorkflowFailedError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import type { Config } from '../config';
import { StackError } from '../base/errors';
import type { StackEndpoints } from '../stack/stack';

export async function connectClient(config: Config, endpoints: StackEndpoints): Promise<Client> {
  // Loaded here, since Temporal's client takes half a second to load and most commands do not need
  // it.
  const { Client, Connection } = await import('@temporalio/client');
  const { address, namespace } = endpoints.temporal;
  const connection = await Connection.connect({ ...config.temporal.connection, address }).catch(
    (cause: unknown) => {
      throw new StackError(
        `Temporal does not answer at ${address}: ${String(cause)}. Run: npx foretune doctor`,
        { cause },
      );
    },
  );
  if (config.temporal.address !== null) await checkNamespace(connection, endpoints);
  return new Client({ connection, namespace });
}

/** The worker and the client would report a wrong namespace late and in many words. */
async function checkNamespace(
  connection: Connection,
  { temporal: { address, namespace } }: StackEndpoints,
): Promise<void> {
  try {
    await connection.workflowService.describeNamespace({ namespace });
  } catch (cause) {
    await connection.close();
    const reason = (cause as { readonly details?: string }).details ?? String(cause);
    throw new StackError(
      `Temporal at ${address} does not accept the namespace "${namespace}" (${reason}). Set TEMPORAL_NAMESPACE, or \`namespace\` of the Temporal profile, to an existing one, or create it: temporal operator namespace create --address ${address} ${namespace}`,
      { cause },
    );
  }
}

/** Why a workflow or its update failed: the message of the innermost failure. */
export function failureReason(error: WorkflowFailedError | WorkflowUpdateFailedError): string {
  const cause = error.cause?.cause ?? error.cause;
  return cause instanceof Error ? cause.message : error.message;
}
