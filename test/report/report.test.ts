import type { Row } from '../../src/dataset/tables';
import { EXTRA_INDICATORS } from '../../src/domain/vocabulary';
import { comparedVariants, measure } from '../../src/predict/measurements';
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

const INPUTS = { published: publishedInput(), trained: trainedInput() };

describe.each(Object.entries(INPUTS))('the report of the %s study', (_, input) => {
  let page: string;
  beforeAll(async () => {
    page = await renderReport(input);
  });

  test('has every fit with its numbers', () => {
    for (const fit of input.fits) {
      const start = `data-task="${fit.task}" data-proxy="${fit.proxy}"`;
      expect(cells(page, start)).toEqual(fitCells(fit));
    }
    expect(page.match(/data-proxy="/g)).toHaveLength(input.fits.length);
  });

  test('has every variant with its measurements', () => {
    const { indicators, outcomes } = measure(input);
    for (const { variant_id } of comparedVariants(input.variants)) {
      const shown = cells(page, `</svg> ${variant_id}</th>`).slice(3);
      const values = [...indicators.values(), ...outcomes.values()].map((of) => of.get(variant_id));
      expect(shown.map((text) => (text === '–' ? undefined : Number(text)))).toEqual(
        values.map((value, i) => value && Number(value.toFixed(decimals(shown[i])))),
      );
    }
  });

  test('draws a point for each variant that has both numbers', () => {
    const { indicators, outcomes, variants } = measure(input);
    const pairs = input.study.tasks.flatMap((task) =>
      [...indicators.values()].map(
        (values) => variants.filter((id) => values.has(id) && outcomes.get(task)?.has(id)).length,
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
  test('stands in the page as text', async () => {
    const page = await renderReport(trainedInput((id) => `${id}${HOSTILE}`));
    expect(page.includes('<script')).toBe(false);
    expect(page.includes(`> clm-even${HOSTILE_ESCAPED}</th>`)).toBe(true);
  });

  test('keeps its name within the plots', async () => {
    const page = await renderReport(trainedInput((id) => `${id}"><b onclick="x">`));
    expect(page.includes('<b onclick')).toBe(false);
  });
});

test('indicators that no proxy reads, and values by domain, change nothing', async () => {
  const input = trainedInput();
  const extra = input.indicators.flatMap((row) => [
    ...EXTRA_INDICATORS.map((indicator) => ({ ...row, indicator })),
    { ...row, indicator: 'neg_bpb', domain: 'code', value: -3 },
  ]);
  const more = { ...input, indicators: [...input.indicators, ...extra] };
  expect(await renderReport(more)).toBe(await renderReport(input));
});

test('the same rows give the same report', async () => {
  const [one, other] = [await renderReport(trainedInput()), await renderReport(trainedInput())];
  expect(one === other).toBe(true);
});
