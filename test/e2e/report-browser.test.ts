import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { wordsOf } from '../../src/domain/words';
import type { FeatureTable } from '../../src/predict/feature-table';
import { featuresOf } from '../../src/predict/features';
import type { ReportInput } from '../../src/report/input';
import { publishedInput, trainedInput } from '../report/inputs';
import { openBrowser } from '../support/browser';
import { renderReport } from '../../src/report/report';

const HOSTILE = '</script><script>alert(1)</script>';
const INPUTS = {
  published: () => publishedInput(),
  trained: () => trainedInput(),
  hostile: () => trainedInput((id) => id + HOSTILE),
};

const dir = mkdtempSync(path.join(os.tmpdir(), 'foretune-report-'));
let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
  rmSync(dir, { recursive: true });
});

describe.each(Object.entries(INPUTS))('the report of the %s study in a browser', (name, make) => {
  const url = pathToFileURL(path.join(dir, `${name}.html`)).href;
  const complaints: string[] = [];
  const requests: string[] = [];
  let input: ReportInput;
  let table: FeatureTable;
  let page: Page;

  beforeAll(async () => {
    input = await make();
    table = featuresOf(wordsOf(input.study), input);
    writeFileSync(path.join(dir, `${name}.html`), await renderReport(input));
    page = await browser.newPage();
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('dialog', (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(url, { waitUntil: 'networkidle' });
  });

  it('shows the fits of the table', async () => {
    const rows = await texts(page, '#fits ~ .scroll tr[data-proxy]', 'td');
    expect(rows).toEqual(
      input.fits.map((fit) => [
        fit.accuracy.toFixed(3),
        `${fit.ci_low.toFixed(3)} to ${fit.ci_high.toFixed(3)}`,
        fit.error_rate.toFixed(3),
        String(fit.n_variants),
        fit.n_pairs.toLocaleString('en-US'),
      ]),
    );
  });

  it('shows every variant by its name, as text', async () => {
    await page.locator('summary', { hasText: 'and their numbers' }).evaluate(open);
    const names = await texts(page, 'details:has([aria-label^="Variants"]) tbody tr', 'th');
    expect(names).toEqual(table.variants.map((id) => [id]));
    expect(await page.locator('script').count()).toBe(0);
  });

  it('draws a bar for each fit and a point for each variant measured', async () => {
    expect(await drawn(page, '#errors ~ .charts', 'bar')).toBe(input.fits.length);
    const sizes = [...table.targets.values()].map(({ outcomes }) => outcomes.size);
    const points = sizes.reduce((sum, size) => sum + size * table.indicators.size, 0);
    expect(await drawn(page, '#scatters ~ .charts', 'point')).toBe(points);
  });

  it('draws a line for each run that logged', async () => {
    const runs = new Set(input.curves.map((row) => row.run_id)).size;
    expect(await drawn(page, '#curves ~ .charts', 'line mark')).toBe(runs);
  });

  it.each([1280, 400])('fits a window %d pixels wide, opened tables included', async (width) => {
    await page.setViewportSize({ width, height: 800 });
    for (const details of await page.locator('details').all()) await details.evaluate(open);
    const widest = await page.evaluate<number>('document.documentElement.scrollWidth');
    expect(widest).toBeLessThanOrEqual(width);
  });

  it('asks for nothing but itself and complains about nothing', () => {
    expect(requests).toEqual([url]);
    expect(complaints).toEqual([]);
  });
});

/** The texts of the `inner` elements within each element that matches `outer`. */
async function texts(page: Page, outer: string, inner: string): Promise<string[][]> {
  const rows = await page.locator(outer).all();
  const cells = rows.map((row) => row.locator(inner).allInnerTexts());
  return (await Promise.all(cells)).map((row) => row.map((text) => text.trim()));
}

/** Marks of one kind that have a size in the window. */
async function drawn(page: Page, within: string, kind: string): Promise<number> {
  const marks = page.locator(`${within} [aria-roledescription="${kind}"]`);
  const boxes = await marks.evaluateAll((all: readonly Box[]) =>
    all.map((mark) => mark.getBoundingClientRect()).map(({ width, height }) => width + height),
  );
  return boxes.filter((size) => size > 0).length;
}

/** What is used of the browser's elements; the compiler knows no browser here. */
interface Box {
  getBoundingClientRect(): { readonly width: number; readonly height: number };
  closest(selector: string): { setAttribute(name: string, value: string): void } | null;
}

function open(element: Box): void {
  element.closest('details')?.setAttribute('open', '');
}
