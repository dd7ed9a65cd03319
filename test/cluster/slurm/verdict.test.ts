import { isPassing, isUnavailable, mayBeSplit, phaseOf } from '../../../src/cluster/slurm/states';
import { judge, type Evidence } from '../../../src/cluster/slurm/verdict';
import type { SlurmRow } from '../../../src/cluster/slurm/parse';
import { unstarted } from '../../../src/cluster/disk/job-state';

const AT = new Date('2026-11-26T10:00:00Z');
const SUBMISSION = { batch: 'abc', place: 0, at: AT, withdrawn: false, number: 1 };
const WRAPPER = { pid: 1, started: '1', started_at: AT, job_id: '12' };
const SIGNALLED = { ...unstarted('cancelled'), signal: 'SIGTERM' };

function row(state: string, changes: Partial<SlurmRow> = {}): SlurmRow {
  const times = { started_at: AT, ended_at: null, elapsed_seconds: null };
  const words = { by: null, reason: null };
  return {
    name: 'foretune-abc',
    id: '12',
    task: null,
    state,
    gpus: 0,
    ...times,
    ...words,
    ...changes,
  };
}

function verdict(evidence: Partial<Evidence>) {
  return judge({
    attempt: 1,
    submission: SUBMISSION,
    wrapper: null,
    exit: null,
    queued: undefined,
    accounted: undefined,
    missing_ms: 0,
    grace_ms: 60_000,
    ...evidence,
  });
}

it.each([
  ['NODE_FAIL', 'node_failure'],
  ['BOOT_FAIL', 'node_failure'],
  ['LAUNCH_FAILED', 'node_failure'],
  ['RECONFIG_FAIL', 'node_failure'],
  ['PREEMPTED', 'preempted'],
  ['TIMEOUT', 'timeout'],
  ['DEADLINE', 'timeout'],
  ['OUT_OF_MEMORY', 'out_of_memory'],
  ['OUT_OF_ME', 'out_of_memory'],
  ['CANCELLED', 'cancelled'],
])('%s is a failure of class %s', (state, ended_by) => {
  const accounted = row(state);
  expect(verdict({ accounted, wrapper: WRAPPER })).toMatchObject({ status: 'ended', ended_by });
  expect(verdict({ accounted, exit: SIGNALLED })).toMatchObject({ status: 'ended', ended_by });
});

it('who cancelled a job is reported', () => {
  expect(verdict({ accounted: row('CANCELLED', { by: '1000' }) })).toMatchObject({
    ended_by: 'cancelled',
    reason: 'The job was cancelled by user 1000.',
  });
});

it.each(['PENDING', 'REQUEUED', 'REQUEUE_HOLD', 'SPECIAL_EXIT', 'RESV_DEL_HOLD'])(
  'a job that is %s waits, with the reason',
  (state) => {
    const queued = row(state, { reason: 'Resources' });
    const found = verdict({ queued });
    expect(found).toMatchObject({ status: 'queued', external_id: '12' });
    expect(found).toHaveProperty('reason', expect.stringMatching(/^Slurm job 12 .*: Resources$/));
  },
);

it.each([
  ['JobHeldUser', 'held by its user (JobHeldUser): scontrol release 12'],
  ['JobHeldAdmin', 'held by an administrator (JobHeldAdmin)'],
])('a job that is held says by whom: %s', (reason, expected) => {
  expect(verdict({ queued: row('PENDING', { reason }) })).toHaveProperty(
    'reason',
    expect.stringContaining(expected),
  );
});

it.each(['RUNNING', 'COMPLETING', 'CONFIGURING', 'SUSPENDED', 'STAGE_OUT', 'SOMETHING_NEW'])(
  'a job that is %s has not ended, whatever accounting says',
  (state) => {
    const found = verdict({ queued: row(state), accounted: row('COMPLETED'), exit: SIGNALLED });
    expect(found).toMatchObject({ status: 'running', external_id: '12', started_at: AT });
  },
);

describe('a job that no list has', () => {
  it('was just submitted, or just ended, for as long as the grace lasts', () => {
    expect(verdict({}).status).toBe('queued');
    expect(verdict({ wrapper: WRAPPER })).toMatchObject({ status: 'running', external_id: '12' });
    expect(verdict({ accounted: row('RUNNING'), missing_ms: 59_000 }).status).toBe('queued');
  });

  it('may be submitted again after that, where it never began', () => {
    expect(verdict({ missing_ms: 61_000 })).toEqual({ status: 'unknown' });
    expect(verdict({ missing_ms: 61_000, accounted: row('PENDING') })).toEqual({
      status: 'unknown',
    });
  });

  it('is lost after that, where it began', () => {
    const found = verdict({ missing_ms: 61_000, wrapper: WRAPPER, accounted: row('RUNNING') });
    expect(found).toMatchObject({ status: 'ended', ended_by: 'node_failure' });
  });
});

describe('a job whose leader ended without a record', () => {
  it('is given time until the record is seen here', () => {
    const found = verdict({ accounted: row('COMPLETED'), wrapper: WRAPPER, missing_ms: 5000 });
    expect(found.status).toBe('running');
  });

  it('was killed, or could not be started', () => {
    const accounted = row('FAILED');
    expect(verdict({ accounted, wrapper: WRAPPER, missing_ms: 11_000 })).toMatchObject({
      ended_by: 'node_failure',
      reason: expect.stringContaining('FAILED') as string,
    });
    expect(verdict({ accounted, missing_ms: 11_000 })).toMatchObject({
      ended_by: 'cluster_unavailable',
    });
  });
});

describe('a job that was asked to end', () => {
  it('waits for accounting to say why, then for the memory of the controller', () => {
    const queued = row('CANCELLED');
    expect(verdict({ queued, exit: SIGNALLED, wrapper: WRAPPER }).status).toBe('running');
    const late = { queued, exit: SIGNALLED, accounted: row('RUNNING') };
    expect(verdict({ ...late, missing_ms: 59_000 }).status).toBe('queued');
    for (const known of [
      { queued, missing_ms: 11_000 },
      { ...late, missing_ms: 61_000 },
    ])
      expect(verdict({ exit: SIGNALLED, ...known })).toMatchObject({ ended_by: 'cancelled' });
  });

  it('was preempted as far as anybody knows, where nobody says why', () => {
    expect(verdict({ exit: SIGNALLED, missing_ms: 61_000 })).toMatchObject({
      ended_by: 'preempted',
    });
    expect(verdict({ exit: SIGNALLED, accounted: row('FAILED') })).toMatchObject({
      ended_by: 'preempted',
    });
  });
});

it('a bare SIGKILL stays what it is where Slurm knows no better', () => {
  const exit = { ...unstarted(null), signal: 'SIGKILL' };
  expect(verdict({ exit, accounted: row('FAILED') })).toMatchObject({ ended_by: null });
  expect(verdict({ exit, accounted: row('OUT_OF_MEMORY') })).toMatchObject({
    ended_by: 'out_of_memory',
  });
});

it.each([
  'slurm_load_jobs error: Unable to contact slurm controller (connect failure)',
  'sbatch: error: Batch job submission failed: Socket timed out on send/recv operation',
  'sacct: error: Sending PersistInit msg: Connection refused',
  'sbatch: error: Slurm controller not responding, sleeping and retrying: slurmctld not responding',
  'sacctmgr: error: Munge encode failed: Failed to access "/run/munge/munge.socket.2"',
])('may pass: %s', (words) => expect(isUnavailable(words)).toBe(true));

it.each([
  'sbatch: error: Batch job submission failed: Invalid partition name specified',
  'sbatch: error: Batch job submission failed: Requested node configuration is not available',
  'sbatch: error: Batch job submission failed: Access/permission denied',
])('will not pass: %s', (words) => {
  expect(isUnavailable(words)).toBe(false);
  expect(isPassing(words)).toBe(false);
});

it.each([
  'Rate limit exceeded, please retry later',
  'Required partition not available (inactive or drain)',
  'System submissions disabled',
  'I/O error writing script/environment to file',
  'Licenses currently unavailable',
])('passes by itself, for fewer jobs too: %s', (words) => {
  expect(isPassing(`sbatch: error: Batch job submission failed: ${words}`)).toBe(true);
  expect(mayBeSplit(words)).toBe(false);
});

it.each(['QOSMaxSubmitJobPerUserLimit', 'MaxJobCount limit reached'])(
  'passes when other jobs have ended, and may be taken for fewer: %s',
  (words) => {
    expect(isPassing(words)).toBe(true);
    expect(mayBeSplit(words)).toBe(true);
  },
);

it('a state of a newer version is not taken for an end', () => {
  expect(phaseOf('POWER_UP_NODE')).toBe('running');
  expect(phaseOf('EXPEDITING')).toBe('running');
});
