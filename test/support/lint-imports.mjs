/**
 * Lints snippets with the import rules only: `[[file, code], …]` on standard input, the number of
 * reports for each on standard output. A process of its own, since jest cannot load
 * eslint.config.mjs.
 */
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';

const RULES = [
  '@typescript-eslint/no-restricted-imports',
  'import-x/no-cycle',
  'no-restricted-properties',
];

const eslint = new ESLint({
  cwd: fileURLToPath(new URL('../..', import.meta.url)),
  ignore: false, // a cycle on purpose is among them
  ruleFilter: ({ ruleId }) => RULES.includes(ruleId),
  // These rules need no types, and the snippets are no files of the project.
  overrideConfig: { languageOptions: { parserOptions: { projectService: false } } },
});

const counts = [];
for (const [filePath, code] of JSON.parse(await text(process.stdin))) {
  const [result] = await eslint.lintText(code, { filePath });
  const broken = result.messages.filter(({ ruleId }) => !RULES.includes(ruleId));
  if (broken.length) throw new Error(`${filePath}: ${broken[0].message}`);
  counts.push(result.messages.length);
}
process.stdout.write(JSON.stringify(counts));
