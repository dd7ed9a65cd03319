/** The lint rules that keep imports running one way (ARCHITECTURE.md, "Layout"). */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const LINT = path.resolve(__dirname, '../support/lint-imports.mjs');

/** What a file must not import, not even a type of it. */
const FORBIDDEN: readonly (readonly [file: string, module: string])[] = [
  ['src/base/x.ts', '../domain/ids'],
  ['src/base/x.ts', '../config'],
  ['src/domain/x.ts', '../dataset/log'],
  ['src/domain/x.ts', '../cluster/cluster'],
  ['src/domain/x.ts', '../config'],
  ['src/dataset/x.ts', '../predict/unsupervised'],
  ['src/dataset/x.ts', '../books/studies'],
  ['src/books/x.ts', '../cluster/cluster'],
  ['src/cluster/x.ts', '../dataset/log'],
  ['src/cluster/x.ts', '../stack/server'],
  ['src/cluster/slurm/x.ts', '../../report/report'],
  ['src/predict/x.ts', '../cluster/cluster'],
  ['src/predict/x.ts', '../report/report'],
  ['src/predict/x.ts', '../study/budget'],
  ['src/report/x.ts', '../study/budget'],
  ['src/report/sections/x.ts', '../../stack/stack'],
  ['src/study/x.ts', '../stack/stack'],
  ['src/study/x.ts', '../temporal/client'],
  ['src/study/x.ts', '../cli/context'],
  ['src/stack/x.ts', '../cli/context'],
  ['src/temporal/x.ts', '../cli/context'],
  ['activities/x.ts', '../src/cli/context'],
  ['activities/x.ts', '../src/stack/server'],
  ['activities/x.ts', '../src/temporal/client'],
];

/** What a file must not import, types aside: they leave no trace in what runs. */
const FORBIDDEN_VALUES: typeof FORBIDDEN = [
  ['src/domain/x.ts', 'apache-arrow'],
  ['src/domain/x.ts', '@aws-sdk/client-s3'],
  ['src/domain/x.ts', '@temporalio/workflow'],
  ['src/dataset/x.ts', '@temporalio/client'],
  ['src/cluster/x.ts', '@temporalio/activity'],
  ['src/predict/x.ts', '@aws-sdk/client-s3'],
  ['src/predict/x.ts', '@temporalio/common'],
  ['src/study/x.ts', '@temporalio/client'],
  ['src/study/x.ts', '../../activities/plan'],
  ['src/stack/x.ts', '../../activities'],
  ['src/temporal/x.ts', '../../activities'],
  ['src/cli/commands/x.ts', '../../../activities/plan'],
  ['src/cli/commands/x.ts', '../../../workflows/messages'],
  ['src/cli/commands/x.ts', '@temporalio/client'],
  ['workflows/x.ts', 'apache-arrow'],
  ['workflows/x.ts', '@aws-sdk/client-s3'],
  ['workflows/x.ts', 'zod'],
  ['workflows/x.ts', 'node:crypto'],
  ['workflows/x.ts', '@temporalio/client'],
  ['workflows/x.ts', '../activities'],
  ['workflows/x.ts', '../src/dataset/log'],
  ['workflows/x.ts', '../src/base/errors'],
  ['workflows/x.ts', '../src/domain/schema'],
];

const ALLOWED: typeof FORBIDDEN = [
  ['src/domain/x.ts', './ids'],
  ['src/domain/x.ts', '../base/errors'],
  ['src/domain/x.ts', 'zod'],
  ['src/predict/x.ts', '../domain/pairs'],
  ['src/predict/x.ts', '../dataset/tables'],
  ['src/dataset/x.ts', '../domain/plan'],
  ['src/dataset/x.ts', 'apache-arrow'],
  ['src/dataset/x.ts', '@aws-sdk/client-s3'],
  ['src/books/x.ts', '../dataset/store'],
  ['src/cluster/x.ts', '../base/processes'],
  ['src/cluster/x.ts', 'node:child_process'],
  ['src/cluster/slurm/x.ts', '../cluster'],
  ['src/report/sections/x.ts', '../../predict/noise'],
  ['src/study/x.ts', '../predict/compare'],
  ['src/study/x.ts', '../config'],
  ['src/stack/x.ts', '../study/clusters'],
  ['src/temporal/x.ts', '../stack/stack'],
  ['src/temporal/worker.ts', '../../activities'],
  ['src/cli/commands/x.ts', '../../temporal/session'],
  ['activities/x.ts', '../src/dataset/log'],
  ['activities/x.ts', '../src/report/report'],
  ['activities/x.ts', '@temporalio/activity'],
  ['workflows/x.ts', '@temporalio/workflow'],
  ['workflows/x.ts', '@temporalio/common'],
  ['workflows/x.ts', './messages'],
  ['workflows/x.ts', '../src/domain/ids'],
  ['workflows/x.ts', '../src/domain/vocabulary'],
];

const value = (module: string) => `import { thing } from '${module}';\nthing();\n`;
const type = (module: string) =>
  `import type { Thing } from '${module}';\nexport type X = Thing;\n`;
const ENVIRONMENT = 'export const home = process.env.HOME;\n';
const READERS = ['temporal.config.ts', 'src/config.ts', 'test/x.test.ts'];
const OTHERS = ['src/cli/x.ts', 'src/stack/x.ts', 'activities/x.ts', 'workflows/x.ts'];

type Snippet = readonly [file: string, code: string];

/** Those of the snippets about which nothing is reported. One process for all: it starts slowly. */
function accepted(snippets: readonly Snippet[]): Snippet[] {
  const output = execFileSync(process.execPath, [LINT], { input: JSON.stringify(snippets) });
  const counts = JSON.parse(output.toString()) as number[];
  return snippets.filter((_, i) => counts[i] === 0);
}

const importing = (pairs: typeof FORBIDDEN, code = value): Snippet[] =>
  pairs.map(([file, module]) => [file, code(module)]);

test('a layer that imports what is above it is reported, types included', () => {
  expect(accepted([...importing(FORBIDDEN), ...importing(FORBIDDEN, type)])).toEqual([]);
});

test('a layer may import what is below it', () => {
  const snippets = importing(ALLOWED);
  expect(accepted(snippets)).toEqual(snippets);
});

test('of what must not be loaded, types may be imported', () => {
  const snippets = importing(FORBIDDEN_VALUES, type);
  expect(accepted(snippets)).toEqual(snippets);
  expect(accepted(importing(FORBIDDEN_VALUES))).toEqual([]);
});

test('two files that import each other are reported', () => {
  const cycle: Snippet[] = ['a.ts', 'b.ts'].map((name) => {
    const file = `test/fixtures/cycle/${name}`;
    return [file, readFileSync(path.resolve(__dirname, '../..', file), 'utf8')];
  });
  expect(accepted(cycle)).toEqual([]);
});

test('only the configuration and tests read the environment', () => {
  const reading = (files: readonly string[]): Snippet[] => files.map((file) => [file, ENVIRONMENT]);
  expect(accepted(reading([...READERS, ...OTHERS]))).toEqual(reading(READERS));
});
