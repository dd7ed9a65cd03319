import { readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(__dirname, '../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

test('the README shows the reading script that is tested', () => {
  const shown = /```python\n([^]*?)```/.exec(read('README.md'))?.[1];
  const script = read('test/dataset/read_dataset.py');
  expect(shown).toBe(script);
  expect(script.trimEnd().split('\n').length).toBeLessThanOrEqual(25);
});

test("the README's tree names every folder and no other", () => {
  const tree = /## Where things are\n\n```\n([^]*?)```/.exec(read('README.md'))?.[1] ?? '';
  const named = tree.split('\n').flatMap((line) => /^([\w./]+)\/ /.exec(line)?.[1] ?? []);
  const { include } = JSON.parse(read('tsconfig.json')) as { include: string[] };
  const folders = include.filter((name) => !name.includes('*') && name !== 'src');
  expect(named).toEqual(expect.arrayContaining(folders));
});
