/** The baseline: a workflow whose activities do nothing, one after the other. */
import { proxyActivities } from '@temporalio/workflow';

const { noop } = proxyActivities<{ noop(): Promise<void> }>({ startToCloseTimeout: '1 minute' });

export async function bareVariant(stages: number): Promise<void> {
  for (let stage = 0; stage < stages; stage++) await noop();
}
