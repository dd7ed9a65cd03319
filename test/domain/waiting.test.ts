import { planStudy } from '../../src/domain/plan';
import type { RunStatus } from '../../src/domain/vocabulary';
import { whyWaiting } from '../../src/domain/waiting';
import { fingerprint } from '../../src/base/fingerprint';
import { INPUTS } from '../support/manifests';
import { tinyStudy } from '../support/studies';

const { runs } = planStudy(tinyStudy(), INPUTS, new Map(), fingerprint);
const PRETRAIN = 'clm-plain/pretrain';

function why(run_id: string, statuses: Record<string, RunStatus>, more: object = {}) {
  const run = runs.find((one) => one.run_id === run_id);
  if (!run) throw new TypeError(`no run ${run_id}`);
  const all = new Map<string, RunStatus>(runs.map((one) => [one.run_id, 'pending']));
  for (const [id, status] of Object.entries(statuses)) all.set(id, status);
  return whyWaiting({ ...run, ...more }, { statuses: all, jobs: new Map(), held: null });
}

it.each<[string, Record<string, RunStatus>, object, string | null]>([
  [PRETRAIN, {}, {}, 'waits for base/pretrain'],
  [PRETRAIN, { 'base/pretrain': 'reused' }, {}, "waits for a place in the study's window"],
  [PRETRAIN, { [PRETRAIN]: 'done' }, {}, null],
  [
    'clm-plain/indicate',
    { 'clm-plain/indicate': 'blocked' },
    {},
    `needs ${PRETRAIN}, which has not succeeded`,
  ],
  [PRETRAIN, {}, { action: 'blocked', reason: 'the budget is spent' }, 'the budget is spent'],
])('%s with %j %j: %s', (run, statuses, more, reason) => {
  expect(why(run, statuses, more)).toBe(reason);
});

it('says what the cluster says of a job, and what holds a study', () => {
  const run = runs.find(({ run_id }) => run_id === PRETRAIN);
  if (!run) throw new TypeError('no run');
  const pending = { statuses: new Map<string, RunStatus>([[PRETRAIN, 'pending']]) };
  const queued = new Map([[PRETRAIN, 'waiting for one of 2 slots']]);
  expect(whyWaiting(run, { ...pending, jobs: queued, held: null })).toBe(
    'waiting for one of 2 slots',
  );
  expect(whyWaiting(run, { ...pending, jobs: new Map(), held: 'the study is paused' })).toBe(
    'the study is paused',
  );
});
