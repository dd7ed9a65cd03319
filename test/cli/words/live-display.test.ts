import { lineDisplay } from '../../../src/cli/words/live-display';
import { countStatuses } from '../../../src/domain/status';
import type { RunStatus } from '../../../src/domain/vocabulary';
import type { StudyProgress } from '../../../src/study/progress';

describe('progress in lines', () => {
  const at = (statuses: RunStatus[], changes: Partial<StudyProgress> = {}): StudyProgress => ({
    plan: { runs: [] } as unknown as StudyProgress['plan'],
    counts: countStatuses(statuses),
    statuses: new Map(),
    latest: new Map(),
    current: [],
    seconds_left: null,
    not_fine_tuned: 0,
    ...changes,
  });
  function linesOf(...all: StudyProgress[]): string[] {
    const lines: string[] = [];
    const display = lineDisplay({ stderr: (text) => void lines.push(text) });
    for (const progress of all) display.show(progress);
    return lines;
  }

  it('is none for a study of which every run is reused', () => {
    expect(linesOf(at(['reused', 'reused']), at(['reused', 'reused']))).toEqual([]);
  });

  it('is a line for each change, the last one with every run', () => {
    const lines = linesOf(
      at(['pending', 'pending']),
      at(['running', 'pending'], { seconds_left: 65 }),
      at(['running', 'pending'], { seconds_left: 64 }),
      at(['done', 'failed']),
    );
    expect(lines).toEqual([
      '0/2 runs',
      '0/2 runs  1 running, about 1 min 5 s left',
      '1/2 runs  1 failed',
    ]);
  });

  it('shows the step and loss of what runs', () => {
    const current = [{ time: '', run_id: 'a', step: 1, steps: 4, loss: 2 }];
    expect(linesOf(at(['running'], { current }))).toEqual([
      '0/1 runs  1 running | a 25% loss 2.00',
    ]);
  });

  it('shows control characters in names, for the bar of a terminal too', () => {
    const current = [{ time: '', run_id: 'a\x1b[2J', step: 1, steps: 4, loss: null }];
    expect(linesOf(at(['running'], { current }))).toEqual(['0/1 runs  1 running | a\\x1b[2J 25%']);
  });
});
