/** The embedded Temporal server: the real one, with its history in a database file. */
import path from 'node:path';
import type { Connection } from '@temporalio/client';
import type { Config } from '../config';
import { SEARCH_ATTRIBUTES } from '../domain/vocabulary';
import type { Ports, ServerSpec } from './server';

const RETENTION_DAYS = 30;
const NAMESPACE = 'default';
/**
 * The HTTP API answers no host. Nothing here uses it, it cannot be left out, and a web page of any
 * origin could end a workflow by it.
 */
const CLOSED_HTTP = 'frontend.httpAllowedHosts=[]';

export function temporalServer(config: Config): ServerSpec {
  return {
    name: 'temporal',
    title: 'the Temporal server',
    ports: ['frontend', 'ui', 'http', 'metrics'],
    command: (ports) => ({
      command: path.join(path.dirname(config.python), 'temporal'),
      args: [
        ...['server', 'start-dev', '--ip', '127.0.0.1', '--ui-ip', '127.0.0.1'],
        ...['--db-filename', path.join(config.stateDir, 'temporal.db')],
        ...['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=normal'],
        ...['--port', String(ports.frontend), '--ui-port', String(ports.ui)],
        ...['--http-port', String(ports.http), '--metrics-port', String(ports.metrics)],
        ...['--log-level', 'warn', '--dynamic-config-value', CLOSED_HTTP],
        ...SEARCH_ATTRIBUTES.flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
      ],
      env: serverEnvironment(config),
    }),
    check: (ports) => withConnection(ports, describeNamespace),
    prepare: (ports) => withConnection(ports, keepClosedWorkflows),
  };
}

/** The environment of a server, without the user's credentials. */
export function serverEnvironment(config: Config): NodeJS.ProcessEnv {
  return { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: config.stateDir, TMPDIR: config.stateDir };
}

async function withConnection(
  ports: Ports,
  work: (connection: Connection) => Promise<unknown>,
): Promise<void> {
  const { Connection } = await import('@temporalio/client');
  const address = `127.0.0.1:${ports.frontend}`;
  const connection = await Connection.connect({ address, connectTimeout: 1000 });
  try {
    await work(connection);
  } finally {
    await connection.close();
  }
}

function describeNamespace({ workflowService }: Connection): Promise<unknown> {
  return workflowService.describeNamespace({ namespace: NAMESPACE });
}

/** Sets the retention, since the development server deletes closed workflows after a day. */
function keepClosedWorkflows({ workflowService }: Connection): Promise<unknown> {
  return workflowService.updateNamespace({
    namespace: NAMESPACE,
    config: { workflowExecutionRetentionTtl: { seconds: RETENTION_DAYS * 86_400 } as never },
  });
}
