/** How a cluster tells a failure: part of the contract of clusters. */
import { until, untilEnded, untilStatus, type ClusterUnderTest } from '../support/jobs';

export function testFailures({ cluster, job }: ClusterUnderTest): void {
  it('calls a bad exit code the fault of the recipe, with its last lines', async () => {
    const request = job(
      "[print('line', i) for i in range(500)]; sys.stdout.flush(); print('out of luck', file=sys.stderr); sys.exit(7)",
    );
    await cluster().submit(request);
    const state = await untilStatus(cluster(), request.name, 'failed');
    expect(state).toMatchObject({ failure_class: 'user_code', exit_code: 7, attempt: 1 });
    expect(state.message).toContain('7');
    expect(state.message).toContain('line 499');
    expect(state.message).toContain('out of luck');
    expect(state.message).not.toContain('line 1\n');
  });

  it('shows only the lines of the attempt that failed', async () => {
    const first = job("print('the first was unlucky'); sys.exit(1)");
    await cluster().submit(first);
    await untilStatus(cluster(), first.name, 'failed');
    await cluster().submit({ ...job("sys.exit('the second too')"), name: first.name, attempt: 2 });
    await until(
      async () => (await untilEnded(cluster(), first.name)).attempt === 2,
      () => 'the second attempt',
    );
    const { message } = await untilStatus(cluster(), first.name, 'failed');
    expect(message).toContain('the second too');
    expect(message).not.toContain('the first was unlucky');
  });

  it('fails a job whose program is not there, and names the program', async () => {
    const request = { ...job(''), command: ['/no/such/program'] };
    await cluster().submit(request);
    const state = await untilStatus(cluster(), request.name, 'failed');
    expect(state.failure_class).toBe('user_code');
    expect(state.message).toContain('/no/such/program');
  });

  it('ends a job at its time limit', async () => {
    const request = job("print('slow'); sys.stdout.flush(); wait('never')", {
      time_limit_seconds: 0.5,
    });
    await cluster().submit(request);
    const state = await untilStatus(cluster(), request.name, 'failed');
    expect(state.failure_class).toBe('timeout');
    expect(state.message).toContain('slow');
  });
}
