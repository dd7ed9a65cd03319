/**
 * Four projects: `unit` (seconds each, parallel), `e2e` (real servers and jobs, two suites at
 * once), `slurm` (a real Slurm, by `npm run test:slurm` alone) and `hf` (the Hugging Face recipe,
 * in an environment of its own).
 */
// As in src/cli/bin.cjs: the AWS SDK announces at every start what it will need in 2027.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const shared = {
  transform: { '^.+\\.(ts|mjs)$': ['@swc/jest', { jsc: { target: 'es2022' } }] },
  // preact comes as ES modules only.
  transformIgnorePatterns: ['/node_modules/(?!preact/)'],
  // As the exports of package.json.
  moduleNameMapper: {
    '^foretune$': '<rootDir>/src/index.ts',
    '^foretune/config$': '<rootDir>/src/define-config.ts',
    '^foretune/presets/(.*)$': '<rootDir>/presets/$1.ts',
    '^foretune/recipes/(.*)$': '<rootDir>/recipes/$1/study.ts',
  },
  testEnvironment: 'node',
  // Globals are slow to reach from the context that Jest runs tests in, and ours are in inner
  // loops.
  sandboxInjectedGlobals: ['Math', 'Number', 'Float64Array'],
  modulePathIgnorePatterns: ['<rootDir>/.foretune', '<rootDir>/.venv'],
};

module.exports = {
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: [
        '<rootDir>/test/e2e/',
        '<rootDir>/test/slurm/',
        '<rootDir>/test/hf/',
      ],
    },
    {
      ...shared,
      displayName: 'e2e',
      testMatch: ['<rootDir>/test/e2e/**/*.test.ts'],
      globalSetup: '<rootDir>/test/support/shared-cache.ts',
      globalTeardown: '<rootDir>/test/support/drop-cache.ts',
    },
    {
      ...shared,
      displayName: 'slurm',
      testMatch: ['<rootDir>/test/slurm/**/*.test.ts'],
      globalSetup: '<rootDir>/test/support/shared-cache.ts',
      globalTeardown: '<rootDir>/test/support/drop-cache.ts',
    },
    { ...shared, displayName: 'hf', testMatch: ['<rootDir>/test/hf/**/*.test.ts'] },
  ],
  testTimeout: 60_000,
};
