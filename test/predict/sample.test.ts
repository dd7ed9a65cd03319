import { configFeatures } from '../../src/predict/configuration';
import { BY_RATE, sampleOf } from '../../src/predict/sample';
import { studyOf } from './learning';
import { outcomeRow, variantRow } from './rows';

describe('features of the configuration', () => {
  const config = (values: object) => JSON.stringify(values);

  it('of a hand example: log learning rate, one column for two kinds, one for each of three', () => {
    const rows = [
      variantRow('a', { objective: 'sc', mixture: 'x', lr: 1, config_json: config({ tag: 0 }) }),
      variantRow('b', { objective: 'clm', mixture: 'y', lr: Math.E, config_json: '{"tag": 0}' }),
      variantRow('c', { objective: 'sc', mixture: 'z', lr: 1, config_json: '{"tag": 0}' }),
    ];
    expect(Object.fromEntries(configFeatures(rows))).toEqual({
      'objective=sc': [1, 0, 1],
      log_lr: [0, 1, 0],
      'mixture=x': [1, 0, 0],
      'mixture=y': [0, 1, 0],
      'mixture=z': [0, 0, 1],
    });
  });

  it('hold the weights of mixtures where every variant has them', () => {
    const rows = [
      variantRow('a', {
        mixture: 'x',
        config_json: config({ weights: { code: 0.25, prose: 0.75 } }),
      }),
      variantRow('b', { mixture: 'y', config_json: config({ weights: { prose: 1 } }) }),
    ];
    expect(Object.fromEntries(configFeatures(rows))).toEqual({
      'weight:code': [0.25, 0],
      'weight:prose': [0.75, 1],
    });
  });
});

describe('a sample', () => {
  it('is in order of id, whatever the order of rows', () => {
    const rows = studyOf(12, ['cms', 'rag']);
    const turned = {
      variants: [...rows.variants].reverse(),
      indicators: [...rows.indicators].reverse(),
      outcomes: [...rows.outcomes].reverse(),
    };
    expect(sampleOf(turned, ['cms', 'rag'])).toEqual(sampleOf(rows, ['cms', 'rag']));
  });

  it('leaves variants without an indicator out and says so', () => {
    const rows = studyOf(6);
    const indicators = rows.indicators.filter(
      (row) => row.variant_id !== 'v02' || row.indicator !== 'kshot_cms',
    );
    const { variants, notes, indicators: features } = sampleOf({ ...rows, indicators }, ['cms']);
    expect(variants).toEqual(['v00', 'v01', 'v03', 'v04', 'v05']);
    expect(features.get('kshot_cms')).toHaveLength(5);
    expect(notes).toEqual(['Variant "v02" lacks an indicator and is left out.']);
  });

  it('says that an indicator is constant, and that nobody has one', () => {
    const rows = studyOf(6);
    const indicators = rows.indicators
      .filter((row) => row.indicator !== 'kshot_cbqa')
      .map((row) => (row.indicator === 'kshot_cms' ? { ...row, value: 3 } : row));
    const { notes, indicators: features } = sampleOf({ ...rows, indicators }, ['cms']);
    expect([...features.keys()]).toEqual(['inv_ppl_clm', 'inv_ppl_sc', 'kshot_cms', 'kshot_rag']);
    expect(notes).toEqual([
      'No variant has indicator kshot_cbqa: it is no feature.',
      'Indicator kshot_cms is the same for every variant: it becomes 0.',
    ]);
  });

  it('leaves a task out whose outcome is one and the same, or is not known', () => {
    const rows = studyOf(6);
    const same = rows.variants.map(({ variant_id }) => outcomeRow(variant_id, 'rag', 1));
    const { outcomes, notes } = sampleOf({ ...rows, outcomes: [...rows.outcomes, ...same] }, [
      ...['cms', 'rag', 'cbqa'],
    ]);
    expect([...outcomes.keys()]).toEqual(['cms']);
    expect(notes).toEqual([
      'Task rag is left out: its outcome is the same for every variant.',
      'Task cbqa is left out: no variant has an outcome.',
    ]);
  });

  it('ranks by the learning rate where every variant has one', () => {
    const rows = studyOf(4);
    expect([...(sampleOf(rows, ['cms']).scores.get(BY_RATE) ?? [])].at(-1)).toEqual(['v03', 1e-4]);
    const variants = rows.variants.map((row) => ({ ...row, lr: null }));
    expect(sampleOf({ ...rows, variants }, ['cms']).scores.has(BY_RATE)).toBe(false);
  });
});
