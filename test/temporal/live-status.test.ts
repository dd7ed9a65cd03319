import type { Description } from '../../src/temporal/description';
import { liveStatus } from '../../src/temporal/live-status';
import type { Session } from '../../src/temporal/session';

const [RUNNING, TERMINATED] = [1, 5];

describe('the status of a study', () => {
  const status = (latest: object | null, described: object | null = null) => {
    const session = { studies: { latest: () => Promise.resolve(latest) } };
    const describe = () => Promise.resolve(described as Description | null);
    return liveStatus(session as unknown as Session, describe, 'tiny@1');
  };
  const workflow = (status: number, said?: string) => ({
    workflowExecutionInfo: {
      status,
      searchAttributes: {
        indexedFields: said === undefined ? {} : { ForetuneStatus: { data: Buffer.from(said) } },
      },
    },
  });

  it('is that of the books once it has ended, whatever Temporal remembers', async () => {
    expect(await status(null)).toBe('pending');
    for (const ended of ['done', 'failed', 'cancelled'])
      expect(await status({ status: ended }, workflow(RUNNING))).toBe(ended);
  });

  it('is what the workflow says while it runs', async () => {
    const running = { status: 'running' };
    expect(await status(running, workflow(RUNNING))).toBe('running');
    expect(await status(running, workflow(RUNNING, '"running"'))).toBe('running');
    expect(await status(running, workflow(RUNNING, '["paused"]'))).toBe('paused');
    expect(await status(running, workflow(RUNNING, '"cancelling"'))).toBe('cancelling');
  });

  it('is interrupted if the workflow has ended or is unknown, which the books do not know', async () => {
    expect(await status({ status: 'running' }, workflow(TERMINATED))).toBe('interrupted');
    expect(await status({ status: 'running' }, null)).toBe('interrupted');
  });
});
