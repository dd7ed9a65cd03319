/** The project's pages: their code blocks, links and headings. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './root';

export interface Block {
  /** Relative to the project. */
  readonly page: string;
  /** Of its first line of code. */
  readonly line: number;
  readonly language: string;
  readonly text: string;
  /** What the comment above it says, such as `file: examples/x.ts`: kind and value. */
  readonly mark: { readonly kind: string; readonly value: string } | null;
}

const AT_THE_TOP = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'LOG.md',
] as const;

/** Pages that a reader looks things up in: all but the two histories. */
export const REFERENCE_PAGES: readonly string[] = [...AT_THE_TOP.slice(0, 3), ...pagesIn('docs')];
export const PAGES: readonly string[] = [...AT_THE_TOP, ...pagesIn('docs')];

function pagesIn(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => path.posix.join(folder, name.split(path.sep).join('/')))
    .sort();
}

export function read(file: string): string {
  return readFileSync(path.join(ROOT, file), 'utf8');
}

export function linesOf(page: string): string[] {
  return read(page).trimEnd().split('\n');
}

const FENCE = /^(?:<!-- (\w+): (.+) -->\n\n)?```(\S*)\n([^]*?)^```$/gm;

export function blocksOf(page: string): Block[] {
  const text = read(page);
  return [...text.matchAll(FENCE)].map((match) => {
    const [whole, kind, value, language = '', code = ''] = match;
    const before = text.slice(0, match.index + whole.indexOf('```'));
    return {
      page,
      line: before.split('\n').length + 1,
      language,
      text: code,
      mark: kind !== undefined && value !== undefined ? { kind, value } : null,
    };
  });
}

/** The page without its blocks. */
export function proseOf(page: string): string {
  return read(page).replace(FENCE, '');
}

/** Targets of links and pictures. */
export function linksOf(page: string): string[] {
  const prose = proseOf(page).replace(/`[^`]*`/g, '');
  return [...prose.matchAll(/\[[^\]]*\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
}

/** What links to its headings end with, as GitHub makes it. */
export function anchorsOf(page: string): string[] {
  const headings = proseOf(page).match(/^#+ .*$/gm) ?? [];
  return headings.map((heading) =>
    heading
      .replace(/^#+ /, '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
