import js from '@eslint/js';
import importX, { createNodeResolver } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/**
 * Imports run one way (ARCHITECTURE.md, "Layout"): a layer imports itself and what it lists, types
 * included. `bans`: packages that are foreign to it.
 */
const LAYERS = {
  base: { uses: [], bans: ['apache-arrow', '@aws-sdk', '@temporalio'] },
  domain: { uses: ['base'], bans: ['apache-arrow', '@aws-sdk', '@temporalio'] },
  dataset: { uses: ['base', 'domain'], bans: ['@temporalio'] },
  artifacts: { uses: ['base', 'domain', 'dataset'], bans: ['@temporalio'] },
  books: { uses: ['base', 'domain', 'dataset'], bans: ['@aws-sdk', '@temporalio'] },
  cluster: { uses: ['base', 'domain', 'artifacts'], bans: ['@aws-sdk', '@temporalio'] },
  predict: { uses: ['base', 'domain', 'dataset'], bans: ['@aws-sdk', '@temporalio'] },
  report: { uses: ['base', 'domain', 'dataset', 'predict'], bans: ['@aws-sdk', '@temporalio'] },
  study: {
    uses: [
      ...['base', 'domain', 'dataset', 'artifacts', 'books', 'cluster', 'predict', 'report'],
      ...['config', 'define-config'],
    ],
    bans: ['@aws-sdk', '@temporalio'],
  },
  stack: { uses: '*', without: ['predict', 'report', 'cli'], bans: [] },
  temporal: { uses: '*', without: ['cli'], bans: ['@aws-sdk'] },
  cli: { uses: '*', without: [], bans: ['@aws-sdk', '@temporalio'] },
};

const OWN = [...Object.keys(LAYERS), 'config', 'define-config'];

const layer = ([name, { uses, without = [], bans }]) => {
  const above = uses === '*' ? without : OWN.filter((one) => one !== name && !uses.includes(one));
  return forbid(
    [`src/${name}/**/*.ts`],
    [
      ...above.map((one) => ({
        regex: `^(\\.\\./)+${one}(/|$)`,
        message: `src/${name} is below src/${one}, or beside it.`,
      })),
      ...bans.map((one) => ({
        regex: `^${one}(/|$)`,
        message: `src/${name} knows nothing of ${one}.`,
        allowTypeImports: true,
      })),
      OF_THE_WORKER,
    ],
  );
};

/** It loads both. */
const WORKER = 'src/temporal/worker.ts';

const OF_THE_WORKER = {
  regex: '^(\\.\\./)+(activities|workflows)(/|$)',
  message: 'Only the worker loads activities and workflows; their types may be imported.',
  allowTypeImports: true,
};

/** One entry for each set of files: a second one would replace the first, not add to it. */
const forbid = (files, patterns) => ({
  files,
  ignores: [WORKER],
  rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] },
});

export default tseslint.config(
  {
    ignores: [
      ...['node_modules/', '.foretune/', '.venv/', 'recipes/', 'test/histories/'],
      'test/fixtures/cycle/', // a cycle on purpose
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    plugins: { 'import-x': importX },
    languageOptions: { parserOptions: { projectService: true } },
    settings: {
      'import-x/extensions': ['.ts'],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
      'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts', '.js', '.json'] })],
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
      'import-x/no-cycle': 'error',
      'import-x/no-default-export': 'error',
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message: 'Only temporal.config.ts and src/config.ts read the environment.',
        },
      ],
    },
  },
  {
    files: ['**/*.mjs', '**/*.cjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        require: 'readonly',
        module: 'writable',
        URL: 'readonly',
        __dirname: 'readonly',
        Buffer: 'readonly',
        setTimeout: 'readonly',
        fetch: 'readonly',
      },
    },
  },
  {
    files: ['**/*.cjs'],
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  {
    files: ['studies/*.ts', 'examples/**/*.ts', 'test/fixtures/**/*.ts'],
    rules: { 'import-x/no-default-export': 'off' },
  },
  {
    files: ['temporal.config.ts', 'src/config.ts', 'src/define-config.ts', 'test/**', 'bench/**'],
    rules: { 'no-restricted-properties': 'off', 'import-x/no-default-export': 'off' },
  },
  ...Object.entries(LAYERS).map(layer),
  forbid(
    ['activities/**/*.ts'],
    [
      {
        regex: '^\\.\\./src/(stack|temporal|cli)/',
        message:
          "Activities know nothing of the stack, of Temporal's client or of the command line.",
      },
    ],
  ),
  forbid(
    ['workflows/**/*.ts'],
    [
      {
        regex: '^(?!@temporalio/(workflow|common)$|\\./|\\.\\./src/domain/(?!schema))',
        message:
          'Workflows import @temporalio/workflow, functions of src/domain that need no zod (it costs 1 MB of bundle), and types.',
        allowTypeImports: true,
      },
    ],
  ),
);
