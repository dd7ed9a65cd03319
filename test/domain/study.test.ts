import { defineStudy, grid, parseStudy } from '../../src/domain/study';
import { OBJECTIVES } from '../../src/domain/vocabulary';
import { SpecError } from '../../src/base/errors';
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

describe('a valid study', () => {
  it('gets its defaults', () => {
    const study = tinyStudy();
    expect(study).toMatchObject({ version: 1, seed: 0, recipe: 'jax', cluster: 'local' });
    expect(study.model).toEqual({ layers: 2, width: 64, heads: 4, context: 64, vocabulary: 1536 });
    expect(study.sft_seeds).toEqual([0]);
    expect(study.variants[0]).toMatchObject({ tag: false, length_filter: 'all' });
    expect(study.base).toMatchObject({ tag: false, length_filter: 'all' });
  });

  it.each(OBJECTIVES)('may train %s from scratch', (objective) => {
    const study = tinyStudy({
      base: undefined,
      variants: TINY.variants.map((variant) => ({ ...variant, objective })),
    });
    expect(study.base).toBeUndefined();
  });

  it('is left as it is when parsed again', () => {
    expect(defineStudy(tinyStudy())).toEqual(tinyStudy());
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
  const variant = TINY.variants[0];
  it.each([
    ['an unknown key', { ...TINY, seeds: 3 }, /unknown key "seeds"; did you mean "seed"\?/],
    [
      'an unknown key deep inside',
      { ...TINY, variants: [{ ...variant, learning_rate: 1 }, ...TINY.variants.slice(1)] },
      /variants\.0: unknown key "learning_rate".*known: .*lr/,
    ],
    [
      'an unknown task',
      { ...TINY, tasks: ['cms', 'cbqq'] },
      /tasks\.1: "cbqq".*did you mean "cbqa"\?/,
    ],
    [
      'an unknown objective',
      { ...TINY, variants: [{ ...variant, objective: 'clmm' }, ...TINY.variants.slice(1)] },
      /variants\.0\.objective: "clmm" is not one of clm, sc, plm, sc\+clm, ul2, .*; did you mean "clm"\?/,
    ],
    [
      'an unknown domain',
      { ...TINY, mixtures: { ...TINY.mixtures, plain: { wrld: 1 } } },
      /mixtures\.plain.*"wrld".*did you mean "world"\?/s,
    ],
    [
      'weights that do not sum to 1',
      { ...TINY, mixtures: { ...TINY.mixtures, plain: { world: 0.5, prose: 0.4 } } },
      /mixtures\.plain: the weights sum to 0\.9, expected 1; scale them/,
    ],
    ...['some', '25', '75-25', '50-50', '25-175', '25-75%'].map(
      (length_filter): [string, unknown, RegExp] => [
        `a length filter ${length_filter}`,
        { ...TINY, variants: [{ ...variant, length_filter }, ...TINY.variants.slice(1)] },
        /variants\.0\.length_filter: expected all, or two rising percentages such as 25-75, got/,
      ],
    ),
    [
      'a duplicate variant',
      { ...TINY, variants: [variant, variant] },
      /variant "clm-plain" stands twice/,
    ],
    [
      'an unknown mixture',
      { ...TINY, variants: [{ ...variant, mixture: 'plane' }, ...TINY.variants.slice(1)] },
      /mixture "plane" is not one of plain, mixed/,
    ],
    [
      'a task without settings',
      { ...TINY, tasks: ['rag'] },
      /sft\.rag: task "rag" has no fine-tuning settings/,
    ],
    [
      'a variant called base',
      { ...TINY, variants: [{ ...variant, id: 'base' }, variant] },
      /"base" is the shared/,
    ],
    ['a missing field', { ...TINY, name: undefined }, /name: missing, expected string/],
    ['a wrong type', { ...TINY, version: '2' }, /version: "2", expected number/],
    [
      'a width that heads do not divide',
      { ...TINY, model: { width: 65 } },
      /65 does not divide by 4 heads/,
    ],
  ])('%s', (_, input, expected) => {
    expect(message(input)).toMatch(expected);
  });

  it('names every wrong field at once', () => {
    const text = message({ ...TINY, seeds: 1, version: 'x', tasks: ['nope'] });
    expect(text.split('\n')).toHaveLength(4);
  });
});
