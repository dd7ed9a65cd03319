import type { FeatureTable } from '../../src/predict/feature-table';
import { findOddities } from '../../src/predict/oddities';
import { cmsOf, madeUp } from './made-up';

const TARGET = cmsOf(madeUp(2));

/** One outcome per column of numbers; a variant is a row, its id its index. */
function measuredOf(
  columns: Readonly<Record<string, readonly (number | null)[]>>,
): Pick<FeatureTable, 'variants' | 'indicators' | 'targets'> {
  const entries = Object.entries(columns);
  const length = Math.max(...entries.map(([, values]) => values.length));
  const outcomes = entries.map(([name, values]) => {
    const present = values.flatMap((value, i) =>
      value === null ? [] : [[String(i), value] as const],
    );
    return [name, { ...TARGET, name, outcomes: new Map(present) }] as const;
  });
  const variants = Array.from({ length }, (_, i) => String(i));
  return { variants, indicators: new Map(), targets: new Map(outcomes) };
}

test('variants that are equal in four numbers are named together', () => {
  const column = [1, 2, 1, 3];
  const { equal } = findOddities(measuredOf({ a: column, b: column, c: column, d: column }));
  expect(equal).toEqual([['0', '2']]);
});

test('equal in three numbers is no wonder, and a missing number is not equal to one', () => {
  const column = [1, 1];
  const three = { a: column, b: column, c: column };
  expect(findOddities(measuredOf(three)).equal).toEqual([]);
  const five = { ...three, d: column, e: [1, null] };
  expect(findOddities(measuredOf(five)).equal).toEqual([]);
});

// Nine numbers: with a tenth of 5 or more the median is 5 and the median absolute deviation 2.5.
const nine = [1, 2, 3, 4, 5, 6, 7, 8, 5];

test('a value more than 20 median deviations from the median is far, one of 20 is not', () => {
  const far = findOddities(measuredOf({ cms: [...nine, 5 + 2 * 20 + 0.1] })).outliers;
  expect(far).toMatchObject([{ variant_id: '9', name: 'cms', median: 5 }]);
  expect(findOddities(measuredOf({ cms: [...nine, 5 + 2 * 20] })).outliers).toEqual([]);
});

test('with fewer than ten variants, or without any spread, nothing is far', () => {
  expect(findOddities(measuredOf({ cms: [...nine.slice(1), 1e6] })).outliers).toEqual([]);
  const flat = [...Array<number>(9).fill(5), 1e6];
  expect(findOddities(measuredOf({ cms: flat })).outliers).toEqual([]);
});
