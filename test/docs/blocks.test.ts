import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { loadConfig } from '../../src/config';
import type { Settings } from '../../src/define-config';
import { loadStudy } from '../../src/study/load-study';
import { scripts } from '../../package.json';
import { blocksOf, PAGES, proseOf, read, type Block } from '../support/markdown';
import { writeBlocks, type BlockFile, type BlockFolder } from '../support/page-blocks';
import { buildCommands, faultOf, wordsOf } from '../support/page-commands';
import { blockOf, PAGE_RUNS } from '../support/page-runs';
import { inVenv, ROOT } from '../support/root';

const BLOCKS = PAGES.flatMap(blocksOf);
const inLanguage = (name: string) => BLOCKS.filter(({ language }) => language === name);
const at = ({ page, line }: Block) => `${page}:${line}`;

test('every block is of a language that is checked', () => {
  const known = ['ts', 'json', 'python', 'sh', 'csv', 'text'];
  const others = BLOCKS.filter(({ language }) => !known.includes(language));
  expect(others.map(at)).toEqual([]);
});

test('a block that shows a file is that file', () => {
  const shown = BLOCKS.filter(({ mark }) => mark?.kind === 'file');
  expect(shown.length).toBeGreaterThan(0);
  const texts = shown.map((block) => [at(block), block.text]);
  expect(texts).toEqual(shown.map((block) => [at(block), read(block.mark?.value ?? '')]));
});

test('JSON blocks parse', () => {
  for (const { text } of inLanguage('json'))
    expect(() => JSON.parse(text) as unknown).not.toThrow();
});

describe('as files', () => {
  let folder: BlockFolder;
  beforeAll(() => {
    folder = writeBlocks(BLOCKS.filter(({ language }) => language !== 'text' && language !== 'sh'));
  });
  afterAll(() => folder.remove());

  const filesIn = (language: string) =>
    folder.files.filter((one) => one.block.language === language);

  test('TypeScript type-checks', () => {
    expect(typeErrors(filesIn('ts'))).toEqual([]);
  }, 120_000);

  test('studies are accepted, with their tables', () => {
    const studies = filesIn('ts').filter(({ block }) => isStudy(block));
    expect(studies.length).toBeGreaterThan(0);
    expect(studies.flatMap((one) => faultsOf(one, () => loadStudy(one.file)))).toEqual([]);
  });

  test('parts of temporal.config.ts are accepted', () => {
    const parts = filesIn('ts').filter(({ block: { mark } }) =>
      ['recipes', 'clusters', 'notify'].includes(mark?.value ?? ''),
    );
    expect(parts.length).toBeGreaterThan(0);
    const load = ({ file }: BlockFile) =>
      // eslint-disable-next-line @typescript-eslint/no-require-imports -- written by this test
      loadConfig({}, (require(file) as { default: Settings }).default);
    expect(parts.flatMap((one) => faultsOf(one, () => load(one)))).toEqual([]);
  });

  test('Python compiles', async () => {
    const files = filesIn('python').map(({ file }) => file);
    expect(files.length).toBeGreaterThan(0);
    await promisify(execFile)(inVenv('python'), ['-m', 'py_compile', ...files]);
  });
});

/** Blocks that are files of the project lie elsewhere, with their tables: other suites run them. */
function isStudy({ text, mark }: Block): boolean {
  if (mark?.kind === 'file') return false;
  return text.includes('defineStudy(') || mark?.value === 'trained study';
}

function faultsOf({ block }: BlockFile, load: () => unknown): string[] {
  try {
    load();
    return [];
  } catch (error) {
    return [`${at(block)}: ${String(error)}`];
  }
}

function typeErrors(files: readonly BlockFile[]): string[] {
  const read = (file: string) => ts.sys.readFile(file);
  const { config } = ts.readConfigFile(path.join(ROOT, 'tsconfig.json'), read) as {
    config: object;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const program = ts.createProgram(
    files.map(({ file }) => file),
    options,
  );
  return files.flatMap(({ block, file }) => {
    const source = program.getSourceFile(file);
    const found = [
      ...program.getSyntacticDiagnostics(source),
      ...program.getSemanticDiagnostics(source),
    ];
    return found.map(
      ({ messageText }) => `${at(block)}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
    );
  });
}

describe('commands', () => {
  test('lines of shell blocks name what is there', async () => {
    const program = await buildCommands();
    const faults = inLanguage('sh').flatMap((block) =>
      linesOfShell(block).flatMap((line) => {
        const fault = shellFault(line, (words) => faultOf(program, words));
        return fault === null ? [] : [`${at(block)}: ${line}: ${fault}`];
      }),
    );
    expect(faults).toEqual([]);
  });

  test('commands within sentences are there too', async () => {
    const program = await buildCommands();
    const faults = PAGES.filter((page) => page !== 'LOG.md').flatMap((page) =>
      [...proseOf(page).matchAll(/`npx foretune ([^`]+)`/g)].flatMap(([shown, command = '']) => {
        const fault = faultOf(program, wordsOf(command.replaceAll(/<[^>]*>/g, 'X')));
        return fault === null ? [] : [`${page}: ${shown}: ${fault}`];
      }),
    );
    expect(faults).toEqual([]);
  });

  test('the blocks that are run from end to end are in their pages', () => {
    for (const run of PAGE_RUNS) {
      expect(blockOf(run).language).toBe('sh');
      expect(existsSync(path.join(ROOT, run.by))).toBe(true);
    }
  });
});

function linesOfShell({ text }: Block): string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

/** Null for a line that may be typed. */
function shellFault(line: string, foretune: (words: readonly string[]) => string | null) {
  const words = wordsOf(line);
  const own = words.slice(words.findIndex((word) => !/^[A-Z_]+=/.test(word)));
  const [program = '', first = '', ...rest] = own;
  if (program === 'npx' && first === 'foretune') return foretune(rest);
  if (program === 'eval') return first === '$(npx foretune env)' ? null : 'unknown';
  if (program === 'npm') return npmFault(first === 'run' ? (rest[0] ?? '') : first);
  const runs = ['node', 'python', 'bash', 'npx tsx'];
  const file = program === 'npx' ? (rest[0] ?? '') : first;
  if (!runs.includes(program === 'npx' ? `npx ${first}` : program)) return 'unknown program';
  return existsSync(path.join(ROOT, file)) ? null : `there is no ${file}`;
}

function npmFault(script: string): string | null {
  return Object.hasOwn(scripts, script) ? null : `package.json has no script "${script}"`;
}
