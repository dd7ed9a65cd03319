/** Makes this process the worker. */
import { startTime } from '../base/processes';
import type { Config } from '../config';
import { startStack } from '../stack/stack';
import { announceWorker, buildId, takePlace } from '../stack/worker-process';
import { runWorker } from './worker';

/** `detached`: unless another worker of the folder runs. */
export async function workHere(
  config: Config,
  say: (text: string) => void,
  { detached }: { readonly detached: boolean },
): Promise<void> {
  const endpoints = await startStack(config, say);
  const build = buildId(config, endpoints);
  const identity = { pid: process.pid, started: startTime(process.pid) ?? '' };
  if (detached && !(await takePlace(config, build, identity)))
    return say('Another worker of this folder runs: this one is not needed.');
  const ready = () => {
    announceWorker(config, build, identity);
    say(`Worker ${build} polls "${config.temporal.taskQueue}". Ctrl-C ends it.`);
  };
  await runWorker(config, endpoints, { build, ready });
}
