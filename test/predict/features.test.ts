import { targetNamed, type FeatureTable } from '../../src/predict/feature-table';
import { featuresOf, joinTables } from '../../src/predict/features';
import type { StudyRows } from '../../src/predict/measurements';
import { groupsOf } from '../../src/predict/protocols';
import { learnerColumns, sameDecision, settingsOf } from '../../src/predict/settings';
import { rawValue } from '../../src/predict/targets';
import { NotFoundError } from '../../src/base/errors';
import { studyOf, tableOf } from './learning';
import { indicatorRow, outcomeRow, variantRow } from './rows';
import { INDICATORS, WORDS, wordsFor } from './words';

const EMPTY: StudyRows = { variants: [], indicators: [], outcomes: [] };
const two = [variantRow('a'), variantRow('b')];
const read = (rows: Partial<StudyRows>) => featuresOf(wordsFor('cms'), { ...EMPTY, ...rows });
const outcomesOf = (table: FeatureTable, target = 'cms') => table.targets.get(target)?.outcomes;

describe('an indicator', () => {
  it('is its value over all domains, not that of one', () => {
    const indicators = [
      indicatorRow('a', 'inv_ppl_clm', 0.3),
      indicatorRow('a', 'inv_ppl_clm', 0.9, { domain: 'code' }),
    ];
    const { values } = read({ variants: two, indicators }).indicators.get('inv_ppl_clm') ?? {};
    expect(values).toEqual(new Map([['a', 0.3]]));
  });

  it('that was measured again counts with its newest attempt', () => {
    const indicators = [
      indicatorRow('a', 'kshot_rag', 2, { attempt: 2 }),
      indicatorRow('a', 'kshot_rag', 1, { attempt: 1 }),
    ];
    const table = read({ variants: two, indicators });
    expect(table.indicators.get('kshot_rag')?.values.get('a')).toBe(2);
  });

  it('that the study does not name is not a feature', () => {
    const indicators = [indicatorRow('a', 'kshot_rag', 1), indicatorRow('a', 'neg_bpb', 2)];
    expect([...read({ variants: two, indicators }).indicators.keys()]).toEqual(['kshot_rag']);
  });

  it('is any that is recorded where the study names none, with the direction of its name', () => {
    const indicators = [indicatorRow('a', 'val_loss', 2), indicatorRow('a', 'mmlu', 0.5)];
    const rows = { ...EMPTY, variants: two, indicators };
    const table = featuresOf({ ...WORDS, indicators: null }, rows);
    const shown = [...table.indicators.values()].map((one) => [one.name, one.better]);
    expect(shown).toEqual([
      ['mmlu', 'higher'],
      ['val_loss', 'lower'],
    ]);
  });

  it('of which lower is better is turned round, and shown as it was measured', () => {
    const indicators = [indicatorRow('a', 'loss', 2), indicatorRow('b', 'loss', 3)];
    const measure = { name: 'loss', label: 'loss', better: 'lower' } as const;
    const rows = { ...EMPTY, variants: two, indicators };
    const { values } = featuresOf({ ...WORDS, indicators: [measure] }, rows).indicators.get(
      'loss',
    ) ?? { values: new Map<string, number>() };
    expect(values.get('a')).toBeGreaterThan(values.get('b') ?? NaN);
    expect(rawValue(measure, values.get('b') ?? NaN)).toBe(3);
  });
});

describe('an outcome', () => {
  it('over seeds is their mean, and a variant without one has none', () => {
    const outcomes = [0.2, 0.4, 0.9].map((value, seed) => outcomeRow('a', 'cms', value, { seed }));
    const known = outcomesOf(read({ variants: two, outcomes }));
    expect(known?.get('a')).toBeCloseTo(0.5, 12);
    expect(known?.has('b')).toBe(false);
  });

  it('over datasets counts each once; a variant needs all of them', () => {
    const outcomes = [
      outcomeRow('a', 'cms', 0.2, { dataset: 'boolq', seed: 0 }),
      outcomeRow('a', 'cms', 0.4, { dataset: 'boolq', seed: 1 }),
      outcomeRow('a', 'cms', 0.9, { dataset: 'piqa' }),
      outcomeRow('b', 'cms', 0.9, { dataset: 'piqa' }),
    ];
    const known = outcomesOf(read({ variants: two, outcomes }));
    expect(known?.get('a')).toBeCloseTo(0.6, 12);
    expect(known?.has('b')).toBe(false);
  });

  it('in another metric is another question, which is said where it is the only one', () => {
    const outcomes = [
      outcomeRow('a', 'cms', 0.1, { metric: 'f1' }),
      outcomeRow('a', 'cms', 0.7, { metric: 'accuracy' }),
    ];
    expect(outcomesOf(read({ variants: two, outcomes }))?.get('a')).toBe(0.7);
    const other = read({ variants: two, outcomes: outcomes.slice(0, 1) });
    expect(outcomesOf(other)?.size).toBe(0);
    expect(other.notes.join(' ')).toContain(
      'no outcome in accuracy (higher is better), only in f1',
    );
  });

  it('of two SFT recipes makes two targets, which no mean mixes', () => {
    const outcomes = [
      outcomeRow('a', 'cms', 0.1, { sft_recipe: 'full' }),
      outcomeRow('a', 'cms', 0.7, { sft_recipe: 'lora' }),
    ];
    const table = read({ variants: two, outcomes });
    expect([...table.targets.keys()]).toEqual(['cms/full', 'cms/lora']);
    expect(outcomesOf(table, 'cms/lora')?.get('a')).toBe(0.7);
    expect(targetNamed(table, 'cms/full').sft_recipe).toBe('full');
    expect(() => targetNamed(table, 'cms')).toThrow(/Name one: cms\/full, cms\/lora/);
    expect(() => targetNamed(table, 'cmss/full')).toThrow(NotFoundError);
  });

  it('has the standard error of a mean over datasets, and their items', () => {
    const outcomes = ['x', 'y'].map((dataset) =>
      outcomeRow('a', 'cms', 1, { dataset, stderr: 0.2, n: 50 }),
    );
    const target = read({ variants: two, outcomes }).targets.get('cms');
    expect(target?.stderr.get('a')).toBeCloseTo(Math.sqrt(0.02), 12);
    expect(target?.n.get('a')).toBe(100);
  });
});

describe('variants', () => {
  it('are those of the study, without the shared checkpoint', () => {
    const shared = [variantRow('a'), variantRow('base')];
    const stray = [indicatorRow('x', 'kshot_rag', 9), indicatorRow('a', 'kshot_rag', 1)];
    const table = read({ variants: shared, indicators: stray });
    expect(table.variants).toEqual(['a']);
    expect(table.indicators.get('kshot_rag')?.values).toEqual(new Map([['a', 1]]));
    const published = [variantRow('a'), variantRow('base', {}, { run_id: 'import' })];
    expect(read({ variants: published }).variants).toEqual(['a', 'base']);
  });
});

describe('the configuration', () => {
  const configured = (...configs: readonly Readonly<Record<string, unknown>>[]) =>
    configs.map((config, i) => variantRow('abcdef'[i] ?? '', config));
  const columns = (...configs: readonly Readonly<Record<string, unknown>>[]) => {
    const rows = configured(...configs);
    const ids = rows.map(({ variant_id }) => variant_id);
    const found = learnerColumns(settingsOf(rows), ids);
    return Object.fromEntries(
      [...found].map(([name, values]) => [name, ids.map((id) => values.get(id))]),
    );
  };

  it('is any field: numbers, categories, booleans; factors of ten become logarithms', () => {
    const found = columns(
      { lr: 1, data: 'web', depth: 2, dedup: true, same: 7 },
      { lr: 10, data: 'code', depth: 3, dedup: false, same: 7 },
      { lr: 1, data: 'math', depth: 4, dedup: false, same: 7 },
      { lr: 1, data: 'web', depth: 4, dedup: false, same: 7 },
    );
    expect(found).toEqual({
      log_lr: [0, Math.log(10), 0, 0],
      'data=code': [0, 1, 0, 0],
      'data=math': [0, 0, 1, 0],
      'data=web': [1, 0, 0, 1],
      depth: [2, 3, 4, 4],
      dedup: [1, 0, 0, 0],
    });
  });

  it('has the shares of a mixture in place of its name, and 0 for a part that is not named', () => {
    const found = columns(
      { mixture: 'x', weights: { code: 0.25, prose: 0.75 } },
      { mixture: 'y', weights: { prose: 1 } },
    );
    expect(found).toEqual({ 'weights.code': [0.25, 0], 'weights.prose': [0.75, 1] });
  });

  it('has no feature of a number that some variants do not have, nor of a name', () => {
    expect(columns({ run: 'r1', tokens: 5 }, { run: 'r2' }, { run: 'r3', tokens: 6 })).toEqual({});
  });

  it('groups variants by any setting, and says what they differ in where they do not', () => {
    const rows = configured({ tag: true, lr: 1 }, { tag: false, lr: 1 }, { lr: 1 });
    const table = read({ variants: rows });
    expect([...groupsOf(table, 'tag')]).toEqual([
      ['a', 'true'],
      ['b', 'false'],
    ]);
    expect(() => groupsOf(table, 'lr')).toThrow(/do not differ in "lr".*They differ in tag\./);
  });

  it('takes the weights and the name of a mixture for one decision', () => {
    const rows = configured(
      { mixture: 'x', lr: 1, weights: { code: 1 } },
      { mixture: 'y', lr: 1, weights: { code: 0.5, web: 0.5 } },
      { mixture: 'x', lr: 2, weights: { code: 1 } },
    );
    const same = (name: string) =>
      [...sameDecision(settingsOf(rows), name, ['a', 'b', 'c'])].sort();
    expect(same('mixture')).toEqual(['mixture', 'weights.code', 'weights.web']);
    expect(same('weights.web')).toEqual(['mixture', 'weights.code', 'weights.web']);
    expect(same('lr')).toEqual(['lr']);
  });
});

describe('notes', () => {
  it('name an indicator that nobody has, one that is constant, and variants without one', () => {
    const rows = studyOf(6);
    const indicators = rows.indicators
      .filter((row) => row.indicator !== 'kshot_cbqa')
      .filter((row) => row.variant_id !== 'v02' || row.indicator !== 'kshot_rag')
      .map((row) => (row.indicator === 'kshot_cms' ? { ...row, value: 3 } : row));
    const { notes, indicators: known } = tableOf({ ...rows, indicators });
    expect([...known.keys()]).toEqual(['inv_ppl_clm', 'inv_ppl_sc', 'kshot_cms', 'kshot_rag']);
    expect(notes).toEqual([
      'No variant has indicator kshot_cbqa: it is not used as a feature.',
      'Indicator kshot_cms is the same for every variant: it cannot order them.',
      'Variant "v02" has no kshot_rag yet: left out where it is needed.',
      'Settings that are the same for every variant are not used: mixture.',
    ]);
  });

  it('name a number of the configuration that some do not have, and tasks without a question', () => {
    const rows = studyOf(6);
    const variants = rows.variants.map((row, i) =>
      i ? row : { ...row, config_json: JSON.stringify({ tag: true, objective: 'sc' }) },
    );
    const same = rows.variants.map(({ variant_id }) => outcomeRow(variant_id, 'rag', 1));
    const outcomes = [...rows.outcomes, ...same];
    const { notes } = tableOf({ ...rows, variants, outcomes }, ['cms', 'rag', 'cbqa']);
    expect(notes).toEqual([
      'Variant "v00" has no setting lr: learners do not use it.',
      'The outcome on rag is the same for every variant: none is better or worse.',
      'Task cbqa has no outcome yet.',
    ]);
  });
});

test('two studies are joined in what both have', () => {
  const [own, other] = [studyOf(4), studyOf(4)];
  const renamed = {
    variants: other.variants.map((row) => ({ ...row, variant_id: `x/${row.variant_id}` })),
    indicators: other.indicators
      .filter(({ indicator }) => indicator !== 'kshot_cms')
      .map((row) => ({ ...row, variant_id: `x/${row.variant_id}` })),
    outcomes: [],
  };
  const joined = joinTables(tableOf(own), tableOf(renamed));
  expect(joined.variants).toHaveLength(8);
  expect(joined.studies.map(({ length }) => length)).toEqual([4, 4]);
  expect([...joined.indicators.keys()]).toEqual(INDICATORS.filter((one) => one !== 'kshot_cms'));
  expect(joined.config.get('log_lr')?.size).toBe(8);
});
