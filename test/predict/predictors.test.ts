import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { NotFoundError, SpecError } from '../../src/base/errors';
import { seen } from '../../src/predict/feature-table';
import { learnerNamed } from '../../src/predict/learners';
import { NOTHING_MISSING, type Sample } from '../../src/predict/predictor';
import {
  gathering,
  learnerPredictor,
  type TrainingJob,
} from '../../src/predict/predictors/learner';
import { predictorNamed } from '../../src/predict/predictors/named';
import { ownPredictor } from '../../src/predict/predictors/own';
import { findPredictorHere } from '../../src/study/predictors';
import { studyOf, tableOf } from './learning';

const table = tableOf(studyOf(12));
const features = seen(table);
const nothingTrained = { train: () => Promise.reject(new Error('nothing is trained here')) };
const named = (name: string) => predictorNamed(name, features, gathering(nothingTrained));

describe('a predictor by name', () => {
  it.each([
    ['pairwise', 'pairwise', true],
    ['kshot_rag', 'kshot_rag', false],
    ['sc+rag', 'sc+rag', false],
    ['rank:lr', 'rank:lr', false],
    ['mlp', 'ltc:mlp', true],
    ['ltc:mlp', 'ltc:mlp', true],
    ['config:lightgbm', 'config:lightgbm', true],
    ['sklearn.svm.SVC', 'ltc:sklearn.svm.SVC', true],
    ['nested', 'nested:indicators', true],
    ['nested:both', 'nested:both', true],
  ])('%s is %s', (name, found, learns) => {
    expect(named(name)).toMatchObject({ name: found, learns });
  });

  it.each([
    ['kshot_rga', /no predictor "kshot_rga".*Did you mean "kshot_rag"/],
    ['rank:lrr', /Did you mean "rank:lr"/],
    ['rank:objective', /no predictor "rank:objective"/],
    ['nested:all', /expected nested:indicators/],
  ])('%s is refused in words', (name, words) => {
    expect(() => named(name)).toThrow(SpecError);
    expect(() => named(name)).toThrow(words);
  });
});

describe('learners', () => {
  const sample = (id: string): Sample => ({
    ...{ id, features, training: ['v00', 'v01'], asked: [['v02', 'v03']] },
    outcomes: new Map([['v00', 1]]),
  });

  it('asked in one turn are trained in one batch, the same question once', async () => {
    const batches: (readonly TrainingJob[])[] = [];
    const train = gathering({
      train: (jobs) => {
        batches.push(jobs);
        return Promise.resolve(
          jobs.map((_, i) => ({ probability: () => i / 10, importance: undefined })),
        );
      },
    });
    const [one, two] = ['mlp', 'logreg'].map((name) =>
      learnerPredictor(learnerNamed(name), 'indicators', train),
    );
    const fitted = await Promise.all([
      one?.fit(sample('a'), 0),
      two?.fit(sample('a'), 0),
      one?.fit(sample('a'), 0),
      one?.fit(sample('b'), 0),
    ]);
    expect(batches.map((jobs) => jobs.length)).toEqual([3]);
    const said = fitted.map((one) => one?.kind === 'pairs' && one.probability('v02', 'v03'));
    expect(said).toEqual([0, 0.1, 0, 0.2]);
    await one?.fit(sample('c'), 0);
    expect(batches).toHaveLength(2);
  });

  it('fail all that were asked together, and none that comes later', async () => {
    let fails = true;
    const train = gathering({
      train: (jobs) =>
        fails
          ? Promise.reject(new SpecError('refused'))
          : Promise.resolve(jobs.map(() => ({ probability: () => 1, importance: undefined }))),
    });
    const learner = learnerPredictor(learnerNamed('mlp'), 'indicators', train);
    const both = [learner.fit(sample('a'), 0), learner.fit(sample('b'), 0)];
    for (const one of both) await expect(one).rejects.toThrow('refused');
    fails = false;
    expect(await learner.fit(sample('a'), 0)).toMatchObject({ kind: 'pairs' });
  });
});

describe('a predictor in a file of its own', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'foretune-own-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const written = (name: string, text: string) => {
    const file = path.join(folder, name);
    writeFileSync(file, text);
    return file;
  };

  it('needs a name and what it fits; the rest has defaults', () => {
    const text = `exports.default = { name: 'rule', fit: () => ({ kind: 'values', value: () => 1 }) };`;
    const own = ownPredictor(written('rule.js', text));
    expect(own).toMatchObject({ name: 'rule', learns: true });
    expect(own.needs(features)).toEqual(NOTHING_MISSING);
  });

  it.each([
    ['none.js', 'exports.name = 1;', /exports no predictor/],
    ['half.js', "exports.default = { name: 'half' };", /exports no predictor/],
    ['broken.js', 'exports.default = (;', /cannot be loaded/],
  ])('%s is refused in words', (name, text, words) => {
    expect(() => ownPredictor(written(name, text))).toThrow(words);
  });

  it('that is not there is not found', () => {
    expect(() => ownPredictor('no-such-rule.ts')).toThrow(NotFoundError);
  });

  it('elsewhere is not run by a worker', () => {
    const file = written('elsewhere.js', 'throw new Error("this must not run");');
    expect(() => findPredictorHere(file, table, nothingTrained)).toThrow(/not in the folder/);
  });
});
