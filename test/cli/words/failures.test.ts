import { failureLines } from '../../../src/cli/words/failures';

it('failed runs are shown with their last lines, five of five, and the rest is counted', () => {
  const log = Array.from({ length: 8 }, (_, i) => `word ${i}`).join('\n');
  const failed = { status: 'failed', failure_class: 'user_code', error: `It exited.\n${log}` };
  const rows = Array.from({ length: 7 }, (_, i) => ({ run_id: `v${i}/sft`, ...failed }));
  const lines = failureLines([{ ...failed, run_id: 'well', status: 'done' }, ...rows]);
  expect(lines.slice(0, 6)).toEqual([
    'failed: v0/sft (user_code): It exited.',
    ...[3, 4, 5, 6, 7].map((i) => `  word ${i}`),
  ]);
  expect(lines.filter((line) => line.startsWith('failed'))).toHaveLength(5);
  expect(lines.at(-1)).toBe('2 more failed: add --runs to list them');
  expect(failureLines([{ ...failed, run_id: 'a', error: null }])).toEqual([
    'failed: a (user_code): ',
  ]);
});

it("a failed run's progress bar is shown in lines, and escapes in its log as text", () => {
  const error = 'It exited.\n 50%\r100%\r\n\x1b[31mNaN';
  const run = { run_id: 'a', status: 'failed', failure_class: 'user_code', error };
  expect(failureLines([run]).slice(1)).toEqual(['   50%', '  100%', '  \\x1b[31mNaN']);
});
