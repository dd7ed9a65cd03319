import js from '@eslint/js';
import importX, { createNodeResolver } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/** Imports run one way (ARCHITECTURE.md, "Layout"); each layer lists what it must not import. */
const forbid = (files, patterns, message) => ({
  files,
  rules: {
    '@typescript-eslint/no-restricted-imports': [
      'error',
      { patterns: patterns.map((regex) => ({ regex, message, allowTypeImports: true })) },
    ],
  },
});

export default tseslint.config(
  { ignores: ['node_modules/', '.foretune/', '.venv/', 'recipes/', 'test/histories/'] },
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
    files: ['studies/*.ts', 'test/fixtures/**/*.ts'],
    rules: { 'import-x/no-default-export': 'off' },
  },
  {
    files: ['temporal.config.ts', 'src/config.ts', 'src/define-config.ts', 'test/**', 'bench/**'],
    rules: { 'no-restricted-properties': 'off', 'import-x/no-default-export': 'off' },
  },
  forbid(
    ['src/domain/**'],
    ['^\\.\\./(?!base/)', 'apache-arrow', '@aws-sdk', '@temporalio'],
    'The domain is pure.',
  ),
  forbid(
    ['src/predict/**'],
    ['/(cluster|stack|cli|report)/', '/(activities|workflows)(/|$)', '@aws-sdk', '@temporalio'],
    'Proxies are statistics on tables.',
  ),
  forbid(
    ['src/dataset/**', 'src/cluster/**'],
    ['/(predict|stack|cli|report)/', '/(activities|workflows)(/|$)', '@temporalio'],
    'The dataset and clusters know nothing above them.',
  ),
  forbid(
    ['activities/**'],
    ['/(stack|cli)/'],
    'Activities know nothing of the command line or the stack.',
  ),
  forbid(
    ['workflows/**'],
    // One entry: a second one for the same files would replace this, not add to it.
    ['^(?!@temporalio/(workflow|common)$|\\./|\\.\\./src/domain/(?!schema))'],
    'Workflows import @temporalio/workflow, functions of src/domain that need no zod (it costs 1 MB of bundle), and types.',
  ),
);
