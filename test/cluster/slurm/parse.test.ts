/** Outputs as Slurm 22.05 printed them, and as 23.11 and 24.05 do where these differ. */
import { parseSacct, parseSbatch, parseSqueue } from '../../../src/cluster/slurm/parse';

const SQUEUE = `155_0|RUNNING|None|2026-11-26T14:32:22|foretune-arr
155_3|PENDING|JobArrayTaskLimit|N/A|foretune-arr
156|PENDING|JobHeldUser|N/A|od|d name
7|PENDING|Nodes required for job are DOWN, DRAINED or reserved for jobs in higher priority partitions|N/A|wrap
6|COMPLETING|None|2026-11-26T14:16:32|wrap
`;

const SACCT = `156|CANCELLED by 0|2026-11-26T14:32:23|2026-11-26T14:32:23|0||od|d name
155_0|COMPLETED|2026-11-26T14:32:22|2026-11-26T14:32:25|3|billing=1,cpu=1,gres/gpu=2,mem=100M,node=1|foretune-arr
155_4|PENDING|Unknown|Unknown|0||foretune-arr
31178|CANCELLED by 1060117793|None|2022-11-02T10:37:04|0||vada
40|OUT_OF_MEMORY|2024-06-01T00:00:00|2024-06-01T02:00:00|7200|billing=8,cpu=8,gres/gpu:a100=8,gres/gpu=8,mem=64G,node=2|big
`;

describe('squeue', () => {
  it('is read row by row, with names that hold its separator', () => {
    const rows = parseSqueue(SQUEUE);
    expect(
      rows.map(({ id, task, state, reason, name }) => [id, task, state, reason, name]),
    ).toEqual([
      ['155_0', 0, 'RUNNING', null, 'foretune-arr'],
      ['155_3', 3, 'PENDING', 'JobArrayTaskLimit', 'foretune-arr'],
      ['156', null, 'PENDING', 'JobHeldUser', 'od|d name'],
      ['7', null, 'PENDING', expect.stringContaining('DOWN, DRAINED'), 'wrap'],
      ['6', null, 'COMPLETING', null, 'wrap'],
    ]);
    expect(rows.map(({ started_at }) => started_at?.toISOString() ?? null)).toEqual([
      '2026-11-26T14:32:22.000Z',
      ...[null, null, null],
      '2026-11-26T14:16:32.000Z',
    ]);
  });

  it.each([
    ['12_3', ['12_3']],
    ['12_[4-7]', ['12_4', '12_5', '12_6', '12_7']],
    ['155_[2-5%2]', ['155_2', '155_3', '155_4', '155_5']],
    ['12_[1,3-4,10-14:2]', ['12_1', '12_3', '12_4', '12_10', '12_12', '12_14']],
    ['12_[1,...]', ['12_1']],
    ['12+0', ['12']],
    ['12', ['12']],
  ])('knows the tasks of %s', (id, expected) => {
    expect(parseSqueue(`${id}|PENDING|Priority|N/A|x\n`).map((row) => row.id)).toEqual(expected);
  });
});

describe('sacct', () => {
  it('reads states, who cancelled, times, and GPUs of all nodes once', () => {
    const rows = parseSacct(SACCT);
    expect(rows.map(({ id, state, by, gpus }) => [id, state, by, gpus])).toEqual([
      ['156', 'CANCELLED', '0', 0],
      ['155_0', 'COMPLETED', null, 2],
      ['155_4', 'PENDING', null, 0],
      ['31178', 'CANCELLED', '1060117793', 0],
      ['40', 'OUT_OF_MEMORY', null, 8],
    ]);
    expect(rows[1]).toMatchObject({
      started_at: new Date('2026-11-26T14:32:22Z'),
      ended_at: new Date('2026-11-26T14:32:25Z'),
      elapsed_seconds: 3,
    });
    expect(rows[3]).toMatchObject({ started_at: null, elapsed_seconds: 0 });
  });
});

it.each(['', '\n', 'Slurm accounting storage is disabled\n', 'JobID\n', '|||\n'])(
  'nothing is read out of %j',
  (text) => {
    expect(parseSqueue(text)).toEqual([]);
    expect(parseSacct(text)).toEqual([]);
    expect(parseSbatch(text)).toBeNull();
  },
);

it.each([
  ['12\n', '12'],
  ['12;cluster\n', '12'],
  ['a greeting of the site\n67108863\n', '67108863'],
])('the number of a new job is read out of %j', (text, expected) => {
  expect(parseSbatch(text)).toBe(expected);
});
