import { liveStatus } from '../../src/temporal/live-status';
import type { Session } from '../../src/temporal/session';

describe('the status of a study', () => {
  const status = (latest: object | null) => {
    const session = {
      studies: { latest: () => Promise.resolve(latest) },
      endpoints: { temporal: { address: '127.0.0.1:9', namespace: 'default' } },
    };
    return liveStatus(session as unknown as Session, 'tiny@1');
  };

  it('is that of the books once it has ended, whatever Temporal remembers', async () => {
    expect(await status(null)).toBe('pending');
    for (const ended of ['done', 'failed', 'cancelled'])
      expect(await status({ status: ended })).toBe(ended);
  });
});
