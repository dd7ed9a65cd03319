/** Waits for the moment at which a study's workflow continues as new. */
import { setTimeout } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { studyWorkflowId } from '../../src/domain/ids';
import { readState } from '../support/cli';

const POLL_MS = 20;
const ID = studyWorkflowId('chaos@1');

/** False when it did not in time. A server that is down or not yet up is waited for. */
export async function untilContinued(stateDir: string, ms: number): Promise<boolean> {
  const end = Date.now() + ms;
  const connection = await connect(stateDir, end);
  if (!connection) return false;
  try {
    return await changes(() => currentRun(connection), end);
  } finally {
    await connection.close();
  }
}

async function changes(read: () => Promise<string | null>, end: number): Promise<boolean> {
  for (let known: string | null = null; Date.now() < end; await setTimeout(POLL_MS)) {
    const now = await read();
    if (known && now && now !== known) return true;
    known = now ?? known;
  }
  return false;
}

async function connect(stateDir: string, end: number): Promise<Connection | null> {
  for (; Date.now() < end; await setTimeout(POLL_MS)) {
    try {
      const { frontend } = readState(stateDir, 'temporal-ports.json') as { frontend: number };
      return await Connection.connect({ address: `127.0.0.1:${frontend}`, connectTimeout: 500 });
    } catch {
      // not yet
    }
  }
  return null;
}

/** The id of the run that is under way, or null when nobody knows. */
async function currentRun(connection: Connection): Promise<string | null> {
  try {
    const answer = await new Client({ connection }).workflow.getHandle(ID).describe();
    return answer.status.name === 'RUNNING' ? answer.runId : null;
  } catch {
    return null;
  }
}
