/**
 * Only lint keeps the workflows' imports small, since the bundler takes arrow or the AWS SDK
 * without a word. This looks at what was bundled.
 */
import path from 'node:path';
import { ROOT } from '../support/root';
import { bundleWorkflows } from '../support/temporal';

const PACKAGES = ['@temporalio/common', '@temporalio/workflow', 'long', 'ms', 'nexus-rpc'];
/**
 * It is 1.3 MB, source map included, and each workflow thread of a worker loads it. zod adds 1 MB,
 * and so would most libraries: the limit lets the Temporal SDK grow, but nothing else in.
 */
const LIMIT_BYTES = 2_000_000;
const MAP = 'sourceMappingURL=data:application/json;charset=utf-8;base64,';

let code: string;
let modules: string[];

beforeAll(async () => {
  ({ code } = await bundleWorkflows());
  const encoded = code.slice(code.lastIndexOf(MAP) + MAP.length);
  const map = JSON.parse(Buffer.from(encoded, 'base64').toString()) as { sources: string[] };
  modules = map.sources;
});

/** `@temporalio/common` of `…/node_modules/@temporalio/common/src/time.ts`. */
function packageOf(module: string): string | undefined {
  return /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(module)?.[1];
}

test('the bundle holds our workflows', () => {
  const own = ['study.ts', 'variant.ts'].map((file) => path.join(ROOT, 'workflows', file));
  expect(modules).toEqual(expect.arrayContaining(own));
});

test('the bundle holds no package but the Temporal SDK and what that needs', () => {
  const packages = new Set(modules.map(packageOf).filter((name) => name !== undefined));
  expect([...packages].filter((name) => !PACKAGES.includes(name))).toEqual([]);
});

test('the bundle holds no code of ours outside the workflows and the domain, and no schema', () => {
  const own = modules
    .filter((module) => module.startsWith(ROOT) && !packageOf(module))
    .map((module) => path.relative(ROOT, module));
  expect(own.filter((file) => !/^(workflows|src\/domain)\//.test(file))).toEqual([]);
  expect(own).not.toContain('src/domain/schema.ts');
});

test('the bundle asks for no module of Node', () => {
  expect(modules.filter((module) => /^(external |node:)/.test(module))).toEqual([]);
});

test('the bundle stays small', () => {
  expect(Buffer.byteLength(code)).toBeLessThan(LIMIT_BYTES);
});
