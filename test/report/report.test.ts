import type { Row } from '../../src/dataset/tables';
import { wordsOf } from '../../src/domain/words';
import type { FeatureTable } from '../../src/predict/feature-table';
import { featuresOf } from '../../src/predict/features';
import { varies } from '../../src/predict/settings';
import type { ReportInput } from '../../src/report/input';
import { renderReport } from '../../src/report/report';
import { publishedInput, trainedInput } from './inputs';

const HOSTILE = '</script><script>alert(1)</script>';
const HOSTILE_ESCAPED = '&lt;/script>&lt;script>alert(1)&lt;/script>';

/** The cells of the table row that starts with `start`, as text. */
function cells(page: string, start: string): string[] {
  const from = page.indexOf(start);
  const row = from < 0 ? '' : page.slice(from, page.indexOf('</tr>', from));
  return [...row.matchAll(/<td[^>]*>(.*?)<\/td>/g)].map(([, text]) => text ?? '');
}

function fitCells({ accuracy, ci_low, ci_high, error_rate, n_variants, n_pairs }: Row<'fits'>) {
  return [
    accuracy.toFixed(3),
    `${ci_low.toFixed(3)} to ${ci_high.toFixed(3)}`,
    error_rate.toFixed(3),
    String(n_variants),
    n_pairs.toLocaleString('en-US'),
  ];
}

const INPUTS = { published: publishedInput, trained: trainedInput };

describe.each(Object.entries(INPUTS))('the report of the %s study', (_, makeInput) => {
  let input: ReportInput;
  let table: FeatureTable;
  let page: string;
  beforeAll(async () => {
    input = await makeInput();
    table = featuresOf(wordsOf(input.study), input);
    page = await renderReport(input);
  });

  test('has every fit with its numbers', () => {
    for (const fit of input.fits) {
      const start = `data-task="${fit.task}" data-proxy="${fit.proxy}"`;
      expect(cells(page, start)).toEqual(fitCells(fit));
    }
    expect(page.match(/data-proxy="/g)).toHaveLength(input.fits.length);
  });

  test('has a space between a word and the code or label after it', () => {
    expect(page).not.toMatch(/[a-z,:;]<(code|b|span)[ >]/);
    expect(page).not.toMatch(/estimated from[^ ]/);
  });

  test('has every variant with its measurements', () => {
    const { indicators, targets, settings, variants } = table;
    const configured = [...settings.values()].filter(
      (one) => one.record === null && varies(one, variants),
    );
    for (const variant_id of variants) {
      const shown = cells(page, `</svg> ${variant_id}</th>`).slice(configured.length);
      const columns = [
        ...[...indicators.values()].map((one) => one.values),
        ...[...targets.values()].map((one) => one.outcomes),
      ];
      const values = columns.map((column) => column.get(variant_id));
      expect(shown.map((text) => (text === '–' ? undefined : Number(text)))).toEqual(
        values.map((value, i) => value && Number(value.toFixed(decimals(shown[i])))),
      );
    }
  });

  test('draws a point for each variant that has both numbers', () => {
    const { indicators, targets, variants } = table;
    const pairs = [...targets.values()].flatMap(({ outcomes }) =>
      [...indicators.values()].map(
        ({ values }) => variants.filter((id) => values.has(id) && outcomes.has(id)).length,
      ),
    );
    const drawn = [...page.matchAll(/<figure>.*?<\/figure>/gs)]
      .filter(([figure]) => figure.includes('after SFT'))
      .map(([figure]) => figure.match(/aria-roledescription="point"/g)?.length);
    expect(drawn).toEqual(pairs);
  });

  test('names the version of the dataset, and nothing to load from elsewhere', () => {
    expect(page.includes(`version ${input.dataset_version}`)).toBe(true);
    const loaded = /<(script|iframe|object|img)\b|@import|url\(|(src|href)="(?!data:)/;
    expect(loaded.exec(page)?.[0]).toBeUndefined();
  });
});

function decimals(text = ''): number {
  return text.split('.')[1]?.length ?? 0;
}

describe('a variant with a hostile name', () => {
  test('is in the page as text', async () => {
    const page = await renderReport(await trainedInput((id) => `${id}${HOSTILE}`));
    expect(page.includes('<script')).toBe(false);
    expect(page.includes(`> clm-even${HOSTILE_ESCAPED}</th>`)).toBe(true);
  });

  test('keeps its name within the plots', async () => {
    const page = await renderReport(await trainedInput((id) => `${id}"><b onclick="x">`));
    expect(page.includes('<b onclick')).toBe(false);
  });
});

test('indicators that the study does not name, and values by domain, change nothing', async () => {
  const input = await trainedInput();
  const extra = input.indicators.flatMap((row) => [
    { ...row, indicator: 'margin' },
    { ...row, indicator: 'neg_bpb', domain: 'code', value: -3 },
  ]);
  const more = { ...input, indicators: [...input.indicators, ...extra] };
  expect(await renderReport(more)).toBe(await renderReport(input));
});

test('the same rows give the same report', async () => {
  const [one, other] = [
    await renderReport(await trainedInput()),
    await renderReport(await trainedInput()),
  ];
  expect(one === other).toBe(true);
});

test('a measure of which lower is better is shown as it was measured, and says so', async () => {
  const input = await trainedInput();
  const study = {
    ...input.study,
    indicators: { ...input.study.indicators, inv_ppl_sc: { better: 'lower' as const } },
  };
  const page = await renderReport({ ...input, study });
  const heading = /<code>inv_ppl_sc<\/code>\s*<small>indicator, lower is better<\/small>/;
  expect(heading.test(page)).toBe(true);
  const [id = ''] = featuresOf(wordsOf(study), input).variants;
  const [row] = input.indicators.filter(
    (one) => one.variant_id === id && one.indicator === 'inv_ppl_sc' && one.domain === null,
  );
  const shown = cells(page, `</svg> ${id}</th>`).map(Number);
  expect(shown.some((value) => Math.abs(value - (row?.value ?? NaN)) < 1e-3)).toBe(true);
});
