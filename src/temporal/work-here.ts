/** Runs the worker in this process. */
import { startTime } from '../base/processes';
import type { Config } from '../config';
import { endpointsOf, startStack } from '../stack/stack';
import { announceWorker, buildId, takePlace } from '../stack/worker-process';
import { runWorker, workflowBundle } from './worker';

/** `detached`: exit if another worker of the folder is running. */
export async function workHere(
  config: Config,
  say: (text: string) => void,
  { detached }: { readonly detached: boolean },
): Promise<void> {
  const endpoints = await startStack(config, say);
  const build = buildId(config, endpoints);
  const identity = { pid: process.pid, started: startTime(process.pid) ?? '' };
  if (detached && !(await takePlace(config, build, identity)))
    return say('Another worker of this folder is already running, so this one exits.');
  const ready = () => {
    announceWorker(config, build, identity);
    say(`Worker ${build} polls "${config.temporal.taskQueue}". Press Ctrl-C to stop it.`);
  };
  await runWorker(config, endpoints, { build, ready });
}

/** Bundles the workflows and ends; all other code of a worker is loaded by then. */
export async function proveCode(config: Config): Promise<void> {
  await workflowBundle(config, buildId(config, endpointsOf(config)));
}
