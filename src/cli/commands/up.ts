/** `foretune up`: starts the servers and the worker, and prints their addresses. */
import type { Command } from 'commander';
import type { CliContext } from '../context';
import { printObject } from '../words/output';
import { openWorkSession } from '../../temporal/session';
import { runningWorker } from '../../stack/worker-process';

export function register(program: Command, context: CliContext): void {
  program
    .command('up')
    .description('start the servers and the worker')
    .action(() => up(context));
}

async function up(context: CliContext): Promise<void> {
  const { endpoints, store, client } = await openWorkSession(context.config, context.stderr);
  await client.connection.close();
  const worker = runningWorker(context.config);
  const { address, ui } = endpoints.temporal;
  const { endpoint } = endpoints.s3;
  printObject(
    context,
    { temporal: address, ui, s3: endpoint, dataset: store.uri, worker: worker?.pid ?? null },
    () =>
      [
        `Temporal  ${address}${ui ? `   ${ui} in a browser` : ''}`,
        `S3        ${endpoint ?? 'AWS'}   dataset ${store.uri}`,
        `Worker    process ${worker?.pid ?? 'gone'}`,
        'For other S3 and Temporal clients: eval "$(npx foretune env)"',
      ].join('\n'),
  );
}
