/** The small study has the paper's fifty variants, in the paper's order. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { parseStudy } from '../../src/domain/study';
import tiny50 from '../../studies/tiny-50';

const study = parseStudy(tiny50);
if (study.kind !== 'trained') throw new TypeError('tiny-50 is a trained study');
const csv = readFileSync(path.join(__dirname, '../../studies/zeng2025/table6.csv'), 'utf8');
const published: Record<string, string>[] = parse(csv, { columns: true });
const FILTERS: Record<string, string> = { all: 'all', mid: '25-75', max: '75-100' };

test('every variant is configured as the row of its id in the published table', () => {
  const expected = published.map((row) => ({
    id: row.id,
    objective: row.objective?.toLowerCase(),
    mixture: row.dc?.toLowerCase(),
    rate: Number(row.lr),
    tag: row.tag === '1',
    length_filter: FILTERS[row.lenfilter ?? ''],
  }));
  const found = study.variants.map(({ id, objective, mixture, lr, tag, length_filter }) => ({
    id,
    objective,
    mixture,
    rate: Number((Number(lr) / 12).toPrecision(6)),
    tag,
    length_filter,
  }));
  expect(found).toEqual(expected);
});

test('all variants see as many tokens and continue one base', () => {
  expect(new Set(study.variants.map((variant) => variant.train_tokens)).size).toBe(1);
  expect(study.base?.mixture).toBe('dc-0');
});

test('mixtures are those of the paper: crawled text first, and little else but in DC-0', () => {
  expect(study.mixtures['dc-0']).toEqual({
    web: 0.522,
    news: 0.267,
    code: 0.052,
    prose: 0.042,
    docs: 0.046,
    encyclopedia: 0.038,
    questions: 0.033,
  });
  expect(study.mixtures['dc-1']).toEqual({ web: 1 });
  expect(study.mixtures['dc-4']).toEqual({ web: 0.758, encyclopedia: 0.242 });
  expect(Object.keys(study.mixtures['dc-5'] ?? {})).toEqual([
    'web',
    'code',
    'prose',
    'encyclopedia',
  ]);
});
