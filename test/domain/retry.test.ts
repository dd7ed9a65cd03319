import { chooseRuns, parseFailureClass } from '../../src/domain/retry';

const statuses = new Map([
  ['a/pretrain', { status: 'done', failure_class: null }],
  ['a/sft', { status: 'failed', failure_class: 'out_of_memory' }],
  ['a/evaluate', { status: 'blocked', failure_class: null }],
  ['b/sft', { status: 'failed', failure_class: 'timeout' }],
  ['c/sft', { status: 'cancelled', failure_class: 'cancelled' }],
]);

it.each([
  [{ failed: true }, ['a/sft', 'b/sft', 'c/sft']],
  [{ failure_class: 'timeout' as const }, ['b/sft']],
  [{ runs: ['b/sft', 'a/evaluate'] }, ['a/evaluate', 'b/sft']],
])('%j chooses %j', (choice, chosen) => {
  expect(chooseRuns('s@1', statuses, choice)).toEqual(chosen);
});

it.each([
  [{}, /--failed, or --class/],
  [{ runs: ['a/pretrain'] }, /"a\/pretrain" is done.*--from/],
  [{ runs: ['b/sftt'] }, /no run "b\/sftt". Did you mean "b\/sft"\?/],
  [{ failure_class: 'preempted' as const }, /No run of study "s@1" failed with class preempted/],
])('%j is refused', (choice, message) => {
  expect(() => chooseRuns('s@1', statuses, choice)).toThrow(message);
});

it('a class may be named for short, and an unknown one is refused with those that are', () => {
  expect(parseFailureClass('oom')).toBe('out_of_memory');
  expect(() => parseFailureClass('bad')).toThrow(/Known: user_code, out_of_memory/);
});
