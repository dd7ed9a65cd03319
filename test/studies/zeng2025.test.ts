/** The published table goes through study, import and fit, and gives the published figures. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { importRows } from '../../src/dataset/import-table';
import { parseStudy } from '../../src/domain/study';
import { wordsOf } from '../../src/domain/words';
import { featuresOf } from '../../src/predict/features';
import { fitAllPairs } from '../../src/predict/fit';
import type { Row } from '../../src/dataset/tables';
import { judgedAccuracy } from '../../src/predict/judged-accuracy';
import { labelNoise } from '../../src/predict/label-noise';
import { collapsedOf, copiesOf, effectOfLeavingOut } from '../../src/predict/leaving-out';
import { findOddities } from '../../src/predict/oddities';
import zeng2025 from '../../studies/zeng2025';
import { PUBLISHED } from '../support/published';
import { judgeByScore } from '../predict/judged';

const study = parseStudy(zeng2025);
if (study.kind !== 'imported') throw new TypeError('zeng2025 is an imported study');
const csv = readFileSync(path.join(__dirname, '../../studies', study.table), 'utf8');
const rows = importRows(study, csv, new Date(0));
const table = featuresOf(wordsOf(study), rows);
const tasks = Object.keys(study.tasks);
const outcomesOn = (task: string) => table.targets.get(task)?.outcomes;
const valuesOf = (indicator: string) => table.indicators.get(indicator)?.values;
let fits: readonly Row<'fits'>[];
beforeAll(async () => {
  const context = { study: 'zeng2025@1', read_version: 1, fit_id: 'f', recorded_at: new Date(0) };
  fits = await fitAllPairs(table, context);
});

test('the table brings 50 variants, 5 indicators and 3 outcomes each', () => {
  expect(rows.variants.map((row) => row.variant_id)).toEqual(
    Array.from({ length: 50 }, (_, i) => String(i + 1)),
  );
  expect(rows.indicators).toHaveLength(250);
  expect(rows.outcomes).toHaveLength(150);
  expect(JSON.parse(rows.variants[6]?.config_json ?? '')).toMatchObject({
    objective: 'SC',
    mixture: 'DC-0',
    lr: 2.5e-4,
  });
  expect(table.notes).toEqual([]);
});

test('published numbers are as printed, defects included', () => {
  expect(valuesOf('inv_ppl_clm')?.get('1')).toBe(0.395);
  expect(valuesOf('kshot_cbqa')?.get('4')).toBe(0.121);
  expect(outcomesOn('cbqa')?.get('4')).toBe(0.15);
  expect(valuesOf('kshot_rag')?.get('38')).toBe(11.33);
});

test('eight proxies and two settings on three tasks, over all 1,225 pairs', () => {
  expect(fits).toHaveLength(24 + 6);
  const ranks = new Set(fits.map(({ proxy }) => proxy).filter((name) => name.startsWith('rank:')));
  expect(ranks).toEqual(new Set(['rank:lr', 'rank:tag']));
  expect(new Set(fits.map((fit) => `${fit.n_variants} ${fit.n_pairs} ${fit.protocol}`))).toEqual(
    new Set(['50 1225 all-pairs']),
  );
});

test.each(Object.entries(PUBLISHED))('%s orders pairs as published', (proxy, published) => {
  // The table is rounded and the paper's tie rule is not stated; k-shot CBQA differs by more.
  const tolerance = proxy === 'kshot_cbqa' ? 0.035 : 0.0125;
  tasks.forEach((task, i) => {
    const fit = fits.find((one) => one.task === task && one.proxy === proxy);
    expect(Math.abs((fit?.accuracy ?? NaN) - (published[i] ?? NaN))).toBeLessThan(tolerance);
  });
});

/** As the program gave them before it knew a study's words: none has moved by a digit. */
const KNOWN: readonly (readonly [
  task: string,
  proxy: string,
  accuracy: number,
  low: number,
  high: number,
])[] = [
  ['cms', 'inv_ppl_clm', 0.32448979591836735, 0.23432606746223356, 0.421171177411869],
  ['cms', 'inv_ppl_sc', 0.6983673469387756, 0.6009074196660052, 0.7872166199085618],
  ['cms', 'kshot_cms', 0.5673469387755102, 0.4590172079971988, 0.6751490712840773],
  ['cms', 'kshot_rag', 0.6930612244897959, 0.6114381219189257, 0.7654711726119484],
  ['cms', 'kshot_cbqa', 0.4648979591836735, 0.3474425351198603, 0.5817071351741985],
  ['cms', 'mean_of_5', 0.6224489795918368, 0.5112278982485404, 0.728039157722394],
  ['cms', 'sc+rag', 0.7408163265306122, 0.660263360478166, 0.8167782825939566],
  ['cms', 'sc+rag-clm', 0.7620408163265306, 0.6701229029598986, 0.8446704734140749],
  ['rag', 'inv_ppl_clm', 0.3812244897959184, 0.29113335664743256, 0.47204888212243823],
  ['rag', 'inv_ppl_sc', 0.6204081632653061, 0.5100158611551698, 0.7293682235195995],
  ['rag', 'kshot_cms', 0.5571428571428572, 0.4620545251454697, 0.6439915737563723],
  ['rag', 'kshot_rag', 0.7648979591836734, 0.6818889520312409, 0.8368370815899581],
  ['rag', 'kshot_cbqa', 0.4289795918367347, 0.32916364107883817, 0.5304185724728487],
  ['rag', 'mean_of_5', 0.5995918367346939, 0.48453753999746674, 0.700356122316182],
  ['rag', 'sc+rag', 0.6959183673469388, 0.5947867881032145, 0.7895893713511258],
  ['rag', 'sc+rag-clm', 0.690204081632653, 0.589018302828619, 0.7821464384855731],
  ['cbqa', 'inv_ppl_clm', 0.34816326530612246, 0.26649402094551905, 0.4407846684461113],
  ['cbqa', 'inv_ppl_sc', 0.6077551020408163, 0.5, 0.7113887553185289],
  ['cbqa', 'kshot_cms', 0.5220408163265307, 0.428927680798005, 0.6057496220483486],
  ['cbqa', 'kshot_rag', 0.7085714285714285, 0.6160750945770317, 0.7903527857021825],
  ['cbqa', 'kshot_cbqa', 0.46244897959183673, 0.36305235333946767, 0.5650665120093075],
  ['cbqa', 'mean_of_5', 0.5685714285714286, 0.45537466387965075, 0.6813362724757953],
  ['cbqa', 'sc+rag', 0.6485714285714286, 0.5521063684182277, 0.7416581413142004],
  ['cbqa', 'sc+rag-clm', 0.6420408163265307, 0.54669227441337, 0.729708805455034],
];

test.each(KNOWN)('%s by %s is what it was, to all digits', (task, proxy, accuracy, low, high) => {
  const fit = fits.find((one) => one.task === task && one.proxy === proxy);
  expect([fit?.accuracy, fit?.ci_low, fit?.ci_high]).toEqual([accuracy, low, high]);
});

test('the pre-training learning rate alone orders pairs as well as any proxy: a known confound', () => {
  const accuracies = tasks.map(
    (task) => fits.find((one) => one.task === task && one.proxy === 'rank:lr')?.accuracy ?? NaN,
  );
  // Known from another count, which gives a tied outcome no credit.
  [0.724, 0.794, 0.782].forEach((known, i) =>
    expect(Math.abs((accuracies[i] ?? NaN) - known)).toBeLessThan(0.0125),
  );
});

test('the copies 46 = 49 and 47 = 50 and the collapsed variants 4 and 38 are flagged', () => {
  const oddities = findOddities(table);
  expect(oddities.equal).toEqual([
    ['46', '49'],
    ['47', '50'],
  ]);
  expect(copiesOf(oddities)).toEqual(['49', '50']);
  expect(collapsedOf(oddities).sort()).toEqual(['38', '4']);
});

test('leaving the flagged variants out moves the accuracy of k-shot RAG by less than .025', () => {
  const values = valuesOf('kshot_rag');
  for (const task of tasks) {
    const outcomes = outcomesOn(task);
    const pairs = judgeByScore(
      table.variants.map((variant_id) => ({
        variant_id,
        predicted: values?.get(variant_id) ?? NaN,
        outcome: outcomes?.get(variant_id) ?? NaN,
      })),
    );
    const fit = fits.find((one) => one.task === task && one.proxy === 'kshot_rag');
    expect(judgedAccuracy(pairs).accuracy).toBeCloseTo(fit?.accuracy ?? NaN, 12);
    const effects = effectOfLeavingOut(pairs, findOddities(table));
    expect(effects.map((effect) => [effect.reason, effect.n_pairs_without])).toEqual([
      ['copies', 1128],
      ['collapsed', 1128],
      ['both', 1035],
    ]);
    for (const { accuracy, accuracy_without } of effects)
      expect(Math.abs((accuracy_without ?? NaN) - accuracy)).toBeLessThan(0.025);
  }
});

test('the source gives neither seeds nor standard errors', () => {
  expect(labelNoise(table.targets.get('cms') ?? { rows: [] }).source).toBe('none');
});
