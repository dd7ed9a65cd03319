import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import {
  anchorsOf,
  linesOf,
  linksOf,
  PAGES,
  proseOf,
  read,
  REFERENCE_PAGES,
} from '../support/markdown';
import { ROOT } from '../support/root';

const MOST_WORDS = 1500;
const MOST_WIDE = 100;
const MOST_LINES_OF_README = 120;

test('every link leads to a file and a heading that are there', () => {
  const broken = PAGES.flatMap((page) =>
    linksOf(page)
      .filter((target) => !/^https?:/.test(target) && !leadsSomewhere(page, target))
      .map((target) => `${page}: ${target}`),
  );
  expect(broken).toEqual([]);
});

function leadsSomewhere(page: string, target: string): boolean {
  const [file = '', anchor] = target.split('#');
  const where = file ? path.posix.join(path.posix.dirname(page), file) : page;
  if (!existsSync(path.join(ROOT, where))) return false;
  return anchor === undefined || anchorsOf(where).includes(anchor);
}

test('every page of the documentation is linked from its index', () => {
  const linked = linksOf('docs/README.md').map((target) => path.posix.join('docs', target));
  const pages = PAGES.filter((page) => page.startsWith('docs/') && page !== 'docs/README.md');
  expect(pages.filter((page) => !linked.includes(page))).toEqual([]);
});

test('a page can be read in one go', () => {
  const long = PAGES.filter((page) => page === 'ARCHITECTURE.md' || page.startsWith('docs/'))
    .map((page) => [page, read(page).split(/\s+/).filter(Boolean).length] as const)
    .filter(([, words]) => words > MOST_WORDS);
  expect(long).toEqual([]);
  expect(linesOf('README.md').length).toBeLessThanOrEqual(MOST_LINES_OF_README);
});

test('no line is wider than an editor beside a terminal', () => {
  const wide = PAGES.flatMap((page) =>
    linesOf(page).flatMap((line, i) => {
      const isTable = line.startsWith('|') && !REFERENCE_PAGES.includes(page);
      return [...line].length > MOST_WIDE && !isTable ? [`${page}:${i + 1}`] : [];
    }),
  );
  expect(wide).toEqual([]);
});

test('the layout in ARCHITECTURE.md names every folder of the source, and no other', () => {
  const folders = foldersIn('src').filter((name) => name !== 'cluster');
  const named = [...read('ARCHITECTURE.md').matchAll(/^src\/(\w+)\/ /gm)].map(([, name]) => name);
  expect(named.sort()).toEqual(folders.sort());
});

function foldersIn(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}

test('the README names the two commands and shows one picture of the report', () => {
  expect(read('README.md')).toMatch(/^npm start /m);
  expect(read('README.md')).toMatch(/^npm test /m);
  expect(proseOf('README.md')).toContain('](docs/report.png)');
});
