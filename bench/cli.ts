/**
 * CPU time of commands that only read, side by side with programs that do next to nothing: Node
 * alone, and Git.
 *
 *     npx foretune run studies/zeng2025.ts     # once: the stack is warm, the study on record
 *     npx tsx bench/cli.ts [rounds]
 *
 * Each round runs all of them in turn; the median of user and system time counts. At most .5 s is
 * wanted of each.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { formatTable } from '../src/cli/words/output';

const ROOT = path.join(__dirname, '..');
const BIN = path.join(ROOT, 'src/cli/bin.cjs');

const COMMANDS = [
  ['list'],
  ['status', 'zeng2025'],
  ['plan', 'studies/zeng2025.ts'],
  ['data', 'show', 'outcomes', '--limit', '3'],
];
const PROGRAMS: ReadonlyMap<string, readonly string[]> = new Map([
  ['node -e 0', [process.execPath, '-e', '0']],
  ['git --version', ['git', '--version']],
  ...COMMANDS.map((words): [string, string[]] => [
    `foretune ${words.join(' ')}`,
    [process.execPath, BIN, ...words],
  ]),
]);

/** Of a process that has ended, with all that it waited for. A plan with work to do exits 10. */
function cpuSeconds(command: readonly string[]): number {
  const script = 'TIMEFORMAT="%U %S"; time "$@" > /dev/null 2> >(cat >&3)';
  const { stderr, output, status } = spawnSync('bash', ['-c', script, 'bash', ...command], {
    ...{ cwd: ROOT, encoding: 'utf8' },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  if (status !== 0 && status !== 10) throw new Error(`${command.join(' ')}: ${output[3]}`);
  const [user = NaN, system = NaN] = stderr.trim().split(' ').map(Number);
  return user + system;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

const rounds = Number(process.argv[2] ?? 7);
const seconds = new Map([...PROGRAMS.keys()].map((name): [string, number[]] => [name, []]));
for (const command of PROGRAMS.values()) cpuSeconds(command); // once, unmeasured
for (let round = 0; round < rounds; round++)
  for (const [name, command] of PROGRAMS) seconds.get(name)?.push(cpuSeconds(command));

const node = median(seconds.get('node -e 0') ?? []);
const rows = [...seconds].map(([name, values]) => {
  const middle = median(values);
  return [name, middle.toFixed(2), (middle / node).toFixed(1)];
});
console.log(formatTable(['program', 'CPU seconds', 'times node -e 0'], rows));
