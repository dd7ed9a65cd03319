/** How a cluster reports a failure: part of the contract of clusters. */
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

  it('ends a job that holds more memory than its limit, in whichever of its processes', async () => {
    const request = job(
      `print('greedy', flush=True); held = [${child('held = b"x" * 10**8; time.sleep(60)')} for _ in range(3)]; wait('never')`,
      { memory_limit_bytes: 200_000_000 },
    );
    await cluster().submit(request);
    const state = await untilStatus(cluster(), request.name, 'failed');
    expect(state.failure_class).toBe('out_of_memory');
    expect(state.message).toMatch(/used \d+ MB of memory, .* limit of 200 MB/);
    expect(state.message).toContain('greedy');
  });

  it('counts memory once that processes share', async () => {
    const forks =
      'held = b"x" * 10**8; pids = [os.fork() for _ in range(2)]; time.sleep(2); os.wait() if all(pids) else os._exit(0)';
    const request = job(forks, { memory_limit_bytes: 300_000_000 });
    await cluster().submit(request);
    await untilStatus(cluster(), request.name, 'succeeded');
  });

  it.each([
    ['Python', "held = b'x' * (1 << 62)"],
    ['NumPy', 'import numpy; numpy.ones(1 << 59)'],
    [
      'XLA',
      `sys.exit('jaxlib._jax.XlaRuntimeError: RESOURCE_EXHAUSTED: Out of memory allocating 8 bytes.')`,
    ],
    ['C++', `print("terminate called, what():  std::bad_alloc", flush=True); os.abort()`],
    ['PyTorch', `sys.exit('torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2 GiB.')`],
  ])('believes the last words of the allocator of %s', async (_, code) => {
    const request = job(code);
    await cluster().submit(request);
    const state = await untilStatus(cluster(), request.name, 'failed');
    expect(state.failure_class).toBe('out_of_memory');
    expect(state.message).toContain('out of memory according to its log');
  });

  it.each([
    ['mentions memory', "sys.exit('the MemoryError of last week is corrected')", 'user_code'],
    ['asks too much of a server', "sys.exit('RESOURCE_EXHAUSTED: message too long')", 'user_code'],
    ['is killed without a word', 'os.kill(os.getpid(), signal.SIGKILL)', 'node_failure'],
  ])('does not take it for a lack of memory that a job %s', async (_, code, expected) => {
    const request = job(code);
    await cluster().submit(request);
    const state = await untilStatus(cluster(), request.name, 'failed');
    expect(state.failure_class).toBe(expected);
  });
}

function child(code: string): string {
  return `subprocess.Popen([sys.executable, '-c', ${JSON.stringify(`import time; ${code}`)}])`;
}
