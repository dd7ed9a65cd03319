import { setTimeout } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { heartbeats } from '../../src/temporal/heartbeat';

it('an activity sends heartbeats until it ends, well or badly', async () => {
  const environment = new MockActivityEnvironment(undefined, {
    logger: new DefaultLogger('ERROR'),
  });
  let beats = 0;
  environment.on('heartbeat', () => beats++);
  const run = (work: () => Promise<unknown>) =>
    environment.run(() => {
      const execute = heartbeats(Context.current(), 5).inbound?.execute;
      return execute?.({ args: [], headers: {} }, work) ?? Promise.reject(new Error('none'));
    });
  expect(await run(() => setTimeout(200, 'done'))).toBe('done');
  await expect(run(() => Promise.reject(new Error('ends badly')))).rejects.toThrow('ends badly');
  expect(beats).toBeGreaterThan(0);
  const before = beats;
  await setTimeout(30);
  expect(beats).toBe(before);
});
