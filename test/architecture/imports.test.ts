/** The lint rules that keep imports running one way (ARCHITECTURE.md, "Layout"). */
import { execFileSync } from 'node:child_process';
import path from 'node:path';

const LINT = path.resolve(__dirname, '../support/lint-imports.mjs');

/** What a file must not import. */
const FORBIDDEN: readonly (readonly [file: string, module: string])[] = [
  ['src/domain/x.ts', '../dataset/log'],
  ['src/domain/x.ts', '../cluster/cluster'],
  ['src/domain/x.ts', 'apache-arrow'],
  ['src/domain/x.ts', '@aws-sdk/client-s3'],
  ['src/domain/x.ts', '@temporalio/workflow'],
  ['src/predict/x.ts', '../cluster/cluster'],
  ['src/predict/x.ts', '../report/report'],
  ['src/predict/x.ts', '../../activities'],
  ['src/predict/x.ts', '@aws-sdk/client-s3'],
  ['src/predict/x.ts', '@temporalio/common'],
  ['src/dataset/x.ts', '../predict/unsupervised'],
  ['src/dataset/x.ts', '../cli/context'],
  ['src/dataset/x.ts', '../../activities/plan'],
  ['src/dataset/x.ts', '@temporalio/client'],
  ['src/cluster/x.ts', '../stack/server'],
  ['src/cluster/x.ts', '../report/report'],
  ['src/cluster/x.ts', '../../workflows/messages'],
  ['src/cluster/x.ts', '@temporalio/activity'],
  ['activities/x.ts', '../src/cli/context'],
  ['activities/x.ts', '../src/stack/server'],
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
  ['src/cluster/x.ts', '../base/processes'],
  ['src/cluster/x.ts', 'node:child_process'],
  ['activities/x.ts', '../src/dataset/log'],
  ['activities/x.ts', '../src/report/report'],
  ['activities/x.ts', '@temporalio/activity'],
  ['workflows/x.ts', '@temporalio/workflow'],
  ['workflows/x.ts', '@temporalio/common'],
  ['workflows/x.ts', './messages'],
  ['workflows/x.ts', '../src/domain/ids'],
  ['workflows/x.ts', '../src/domain/vocabulary'],
];

/** Types leave no trace in what runs, so these may be named from anywhere. */
const ALLOWED_TYPES: typeof FORBIDDEN = [
  ['workflows/x.ts', '../activities'],
  ['workflows/x.ts', '../src/domain/schema'],
  ['src/domain/x.ts', '../dataset/tables'],
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

test('a layer that imports what is above it or foreign to it is reported', () => {
  expect(accepted(importing(FORBIDDEN))).toEqual([]);
});

test('a layer may import what is below it', () => {
  const snippets = importing(ALLOWED);
  expect(accepted(snippets)).toEqual(snippets);
});

test('types may be imported where values may not', () => {
  const snippets = importing(ALLOWED_TYPES, type);
  expect(accepted(snippets)).toEqual(snippets);
  expect(accepted(importing(ALLOWED_TYPES))).toEqual([]);
});

test('only the configuration and tests read the environment', () => {
  const reading = (files: readonly string[]): Snippet[] => files.map((file) => [file, ENVIRONMENT]);
  expect(accepted(reading([...READERS, ...OTHERS]))).toEqual(reading(READERS));
});
