/** No file imports itself through others, types included: the lint rule looks at values alone. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { preProcessFile } from 'typescript';

const ROOT = path.resolve(__dirname, '../..');
const FOLDERS = ['src', 'activities', 'workflows'];

type Graph = ReadonlyMap<string, readonly string[]>;

function importsOf(files: readonly string[]): Graph {
  return new Map(
    files.map((file) => {
      const { importedFiles } = preProcessFile(readFileSync(file, 'utf8'));
      const own = importedFiles.filter(({ fileName }) => fileName.startsWith('.'));
      return [file, own.flatMap(({ fileName }) => fileAt(path.resolve(file, '..', fileName)))];
    }),
  );
}

function fileAt(module: string): string[] {
  return [`${module}.ts`, path.join(module, 'index.ts')].filter((file) => existsSync(file));
}

/** One way from a file back to itself, or null. */
function cycleIn(graph: Graph): string[] | null {
  const done = new Set<string>();
  const walk = (file: string, way: readonly string[]): string[] | null => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
    if (done.has(file)) return null;
    for (const next of graph.get(file) ?? []) {
      const found = walk(next, [...way, file]);
      if (found) return found;
    }
    done.add(file);
    return null;
  };
  for (const file of graph.keys()) {
    const found = walk(file, []);
    if (found) return found.map((one) => path.relative(ROOT, one));
  }
  return null;
}

function filesIn(folder: string): string[] {
  const names = readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.ts')).map((name) => path.join(ROOT, folder, name));
}

test('no file of the program imports itself through others', () => {
  expect(cycleIn(importsOf(FOLDERS.flatMap(filesIn)))).toBeNull();
});

test('a cycle is found, with the way around it', () => {
  expect(cycleIn(importsOf(filesIn('test/fixtures/cycle')))).toEqual([
    'test/fixtures/cycle/a.ts',
    'test/fixtures/cycle/b.ts',
    'test/fixtures/cycle/a.ts',
  ]);
});
