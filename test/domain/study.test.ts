import { SpecError } from '../../src/base/errors';
import { defineStudy, grid, parseStudy } from '../../src/domain/study';
import { wordsOf } from '../../src/domain/words';
import * as zeng2025 from '../../presets/zeng2025';
import { TINY, tinyStudy } from '../support/studies';

const message = (input: unknown): string => {
  try {
    parseStudy(input);
  } catch (error) {
    expect(error).toBeInstanceOf(SpecError);
    return (error as Error).message;
  }
  throw new Error('the study was accepted');
};

const sft = TINY.tasks.cms.sft;

describe('a valid study', () => {
  it('gets its defaults', () => {
    const study = tinyStudy();
    expect(study).toMatchObject({ version: 1, seed: 0, cluster: 'local', proxies: {}, model: {} });
    expect(study.sft_seeds).toEqual([0]);
    expect(study.tasks.cms?.sft).toEqual([{ recipe: 'full', ...sft }]);
  });

  it('is left as it is when parsed again', () => {
    const named = tinyStudy({ proxies: { both: { a: 1, b: 0.5 } } });
    expect(parseStudy(named)).toEqual(named);
    expect(parseStudy(JSON.parse(JSON.stringify(named)))).toEqual(named);
  });

  it('has words of its own, and directions that names say', () => {
    const { tasks, indicators, proxies } = wordsOf(
      tinyStudy({
        tasks: {
          gsm8k: { metric: 'exact_match', label: 'grade school', sft },
          speech: {
            metric: 'wer',
            sft: [
              { recipe: 'full', ...sft },
              { recipe: 'lora', ...sft },
            ],
          },
          odd: { metric: 'zorp', better: 'lower', sft },
        },
        indicators: { mmlu: {}, val_loss: { label: 'validation loss' }, inv_ppl: {} },
        proxies: { both: { mmlu: 1, val_loss: 2 } },
      }),
    );
    expect(tasks.map(({ name, label, better }) => [name, label, better])).toEqual([
      ['gsm8k', 'grade school', 'higher'],
      ['speech', 'speech', 'lower'],
      ['odd', 'odd', 'lower'],
    ]);
    expect(tasks[1]?.sft_recipes).toEqual(['full', 'lora']);
    expect(indicators?.map(({ better }) => better)).toEqual(['higher', 'lower', 'higher']);
    expect(proxies[0]?.terms).toEqual({ mmlu: 1, val_loss: 2 });
  });

  it('may take up the words of a paper', () => {
    const study = defineStudy({
      kind: 'imported',
      name: 'published',
      ...zeng2025,
      table: 'table.csv',
      columns: { variant_id: 'id' },
    });
    const { proxies, baseline, indicators } = wordsOf(study);
    expect(indicators).toHaveLength(5);
    expect(proxies.filter((one) => one.chosen_after).map(({ name }) => name)).toEqual([
      'sc+rag-clm',
    ]);
    expect(baseline).toBe('inv_ppl_clm');
  });
});

describe('grid', () => {
  it('gives every combination, the last axis fastest', () => {
    const points = grid({ a: [1, 2], b: ['x', 'y', 'z'] }, ({ a, b }) => `${a}${b}`);
    expect(points).toEqual(['1x', '1y', '1z', '2x', '2y', '2z']);
  });

  it('gives nothing for an empty axis', () => {
    expect(grid({ a: [1], b: [] }, (point) => point)).toEqual([]);
  });
});

describe('a wrong study is refused, naming the field and the likely meaning', () => {
  const [variant, ...others] = TINY.variants;
  it.each([
    ['an unknown key', { ...TINY, seeds: 3 }, /unknown key "seeds"; did you mean "seed"\?/],
    [
      'a metric that does not say its direction',
      { ...TINY, tasks: { cms: { metric: 'zorp', sft } } },
      /tasks\.cms\.better: metric "zorp" does not imply which values are better; add better: 'higher'/,
    ],
    [
      'a task name that is no name',
      { ...TINY, tasks: { 'a/b': { metric: 'accuracy', sft } } },
      /tasks.*expected a letter or digit, then letters/s,
    ],
    [
      'an SFT recipe twice',
      { ...TINY, tasks: { cms: { metric: 'accuracy', sft: [sft, sft] } } },
      /tasks\.cms\.sft: SFT recipe "full" is listed twice/,
    ],
    [
      'a proxy of an unknown indicator',
      { ...TINY, indicators: { mmlu: {} }, proxies: { both: { mmlu: 1, mmlv: 1 } } },
      /proxies\.both\.terms\.mmlv: "mmlv" is not an indicator of the study: mmlu/,
    ],
    [
      'a proxy without weights',
      { ...TINY, proxies: { none: {} } },
      /proxies\.none\.terms: expected at least one indicator/,
    ],
    [
      'a baseline that is no indicator',
      { ...TINY, indicators: { mmlu: {} }, baseline: 'ppl' },
      /baseline: "ppl" is not an indicator of the study/,
    ],
    [
      'weights that do not sum to 1',
      { ...TINY, mixtures: { ...TINY.mixtures, plain: { world: 0.5, prose: 0.4 } } },
      /mixtures\.plain: the weights sum to 0\.9, expected 1; rescale them/,
    ],
    [
      'a duplicate variant',
      { ...TINY, variants: [variant, variant] },
      /variant "clm-plain" is listed twice/,
    ],
    [
      'an unknown mixture',
      { ...TINY, variants: [{ ...variant, mixture: 'plane' }, ...others] },
      /mixture "plane" is not one of plain, mixed/,
    ],
    [
      'a task without settings',
      { ...TINY, tasks: { rag: { metric: 'accuracy' } } },
      /tasks\.rag\.sft: task "rag" has no fine-tuning settings/,
    ],
    [
      'a variant called base',
      { ...TINY, variants: [{ ...variant, id: 'base' }, variant] },
      /"base" is the id of the shared checkpoint/,
    ],
    [
      'a registered variant with settings of training',
      { ...TINY, variants: [{ id: 'ours', checkpoint: './ours', lr: 1 }, variant] },
      /variants\.0\.lr: a variant with `checkpoint` is not pre-trained/,
    ],
    ['a missing field', { ...TINY, name: undefined }, /name: missing, expected string/],
    ['a wrong type', { ...TINY, version: '2' }, /version: "2", expected number/],
  ])('%s', (_, input, expected) => {
    expect(message(input)).toMatch(expected);
  });

  it('names every wrong field at once', () => {
    const text = message({ ...TINY, seeds: 1, version: 'x', tasks: {} });
    expect(text.split('\n')).toHaveLength(4);
  });
});
