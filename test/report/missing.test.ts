import type { ReportInput } from '../../src/report/input';
import { renderReport } from '../../src/report/report';
import { inputOf, publishedInput, TRAINED_STUDY, trainedInput } from './inputs';

/** Renders the made-up study with some of its rows changed, fitted again. */
async function render(change: (input: ReportInput) => Partial<ReportInput>): Promise<string> {
  const { variants, indicators, outcomes, curves, runs, ...input } = await trainedInput();
  const rows = { variants, indicators, outcomes, curves, runs };
  return renderReport(await inputOf(TRAINED_STUDY, { ...rows, ...change({ ...input, ...rows }) }));
}

/** The part of the page under the heading with this id. */
function section(page: string, id: string): string {
  const from = page.indexOf(`<section aria-labelledby="${id}"`);
  return from < 0 ? '' : page.slice(from, page.indexOf('</section>', from));
}

test('a study without any row says so in every section, and draws nothing', async () => {
  const page = await render(() => ({
    variants: [],
    indicators: [],
    outcomes: [],
    curves: [],
    runs: [],
  }));
  expect(section(page, 'answer').match(/No answer yet/g)).toHaveLength(3);
  expect(section(page, 'fits').match(/no pair was measured/g)).toHaveLength(3);
  expect(section(page, 'scatters')).toMatch(/nothing to draw/);
  expect(section(page, 'curves')).toMatch(/No training log is recorded/);
  expect(section(page, 'noise')).toMatch(/Nothing was measured yet/);
  expect(section(page, 'runs')).toMatch(/No run is recorded yet/);
  expect(page).not.toContain('<figure');
  expect(page).not.toMatch(/NaN|undefined|Infinity/);
});

test('outcomes missing on one task: that task has no answer, the others have theirs', async () => {
  const page = await render(({ outcomes = [] }) => ({
    outcomes: outcomes.filter((row) => row.task !== 'rag'),
  }));
  expect(section(page, 'answer').match(/No answer yet: on rag/g)).toHaveLength(1);
  expect(section(page, 'answer').match(/class="sentence"/g)).toHaveLength(2);
  expect(section(page, 'scatters').includes('<h3>rag')).toBe(false);
});

test('without its baseline the answer says that there is no baseline', async () => {
  const page = await render(({ indicators = [] }) => ({
    indicators: indicators.filter((row) => row.indicator !== 'inv_ppl_clm'),
  }));
  expect(section(page, 'answer').match(/there is no baseline/g)).toHaveLength(3);
});

test('one fine-tuning seed: a note says that its effect is unknown', async () => {
  const page = await render(({ outcomes = [] }) => ({
    outcomes: outcomes.filter((row) => row.seed === 0),
  }));
  expect(section(page, 'noise')).toMatch(/only one fine-tuning seed/);
  expect(section(await render(() => ({})), 'noise')).not.toMatch(/only one fine-tuning seed/);
});

test('neither seeds nor standard errors: the noise is said to be unknown', async () => {
  const noise = section(await renderReport(await publishedInput()), 'noise');
  expect(noise).toMatch(/is not known/);
  expect(noise).not.toContain('<table');
});

test('a failed run is in the ledger with its class and its last lines', async () => {
  const runs = section(await render(() => ({})), 'runs');
  expect(runs).toContain('57 runs: 55 done, 2 failed.');
  expect(runs).toContain('sc+clm-facts/sft/cbqa/full/seed0');
  expect(runs).toContain('out_of_memory');
  expect(runs).toContain('recipe exited with code 137');
});

test('time and cost of each stage, with the columns that have values', async () => {
  const one = { attempts: 12, lost: 2, hours: 3, lost_hours: 0.5, gpu_hours: null, cost: null };
  const expenses = [
    { stage: 'pretrain', ...one },
    { stage: 'sft', ...one, cost: 7.5 },
  ];
  const runs = section(await render(() => ({ expenses })), 'runs');
  const table = runs.slice(0, runs.indexOf('<details'));
  expect(table).toContain('>Cost<');
  expect(table).not.toContain('GPU-hours');
  const rows = [...table.matchAll(/<th scope="row">(\w+)<\/th>(.*?)<\/tr>/gs)];
  const cells = rows.map(([, stage, row]) => [stage, row?.match(/[^<>]+(?=<\/td>)/g)]);
  expect(cells).toEqual([
    ['pretrain', ['12', '2', '3', '0.5', '–']],
    ['sft', ['12', '2', '3', '0.5', '7.5']],
    ['all', ['24', '4', '6', '1', '7.5']],
  ]);
});

test('a training log of one point is drawn as a dot', async () => {
  const page = await render(({ curves = [] }) => ({ curves: curves.slice(0, 1) }));
  expect(section(page, 'curves')).toContain('mark-symbol');
});

test('a diverged training: how many points are no number, and no empty plot', async () => {
  const page = await render(({ curves = [] }) => ({
    curves: curves.slice(0, 3).map((row) => ({ ...row, value: Number.NaN })),
  }));
  expect(section(page, 'curves')).toMatch(/3 of the points not finite: nothing to draw/);
  expect(section(page, 'curves')).not.toContain('<figure');
});

test('two variants suffice for a report, one does not for an answer', async () => {
  const first = (n: number) => (input: ReportInput) => ({
    variants: input.variants.slice(0, n + 1),
  });
  expect(section(await render(first(2)), 'answer').match(/class="sentence"/g)).toHaveLength(3);
  expect(section(await render(first(1)), 'answer').match(/No answer yet/g)).toHaveLength(3);
});

test('only settings that are numbers can rival a proxy', async () => {
  const confounds = section(await render(() => ({})), 'confounds');
  expect(confounds).not.toMatch(/ alone orders the pairs/);
  expect(confounds).toContain('12 of 28 pairs differ in several settings at once');
});

test('the answer names no proxy whose weights were chosen by somebody who knew the outcomes', async () => {
  const page = await render(({ indicators = [], outcomes = [] }) => {
    // The weights of sc+rag-clm order the pairs best, since the outcomes are made of them.
    const value = new Map(
      indicators.map((row) => [`${row.variant_id} ${row.indicator}`, row.value]),
    );
    const at = (id: string, name: string) => value.get(`${id} ${name}`) ?? 0;
    const made = outcomes.map((row) => ({
      ...row,
      value:
        at(row.variant_id, 'inv_ppl_sc') +
        at(row.variant_id, 'kshot_rag') -
        at(row.variant_id, 'inv_ppl_clm'),
    }));
    return { outcomes: made };
  });
  expect(section(page, 'fits')).toContain('sc+rag-clm');
  expect(section(page, 'answer')).not.toContain('sc+rag-clm');
});
