/**
 * Compares the paper's protocol for one learner (3 tasks x 20 splits) with a plain Python script
 * that trains the same 120 classifiers, both from a cold start. Measures wall time several times in
 * turn and prints the ratio of the medians.
 *
 *     npx foretune run studies/zeng2025.ts     # once: the stack is warm, the table on record
 *     npx tsx bench/ltc/run.ts [rounds]
 *
 * A recorded fit is not repeated, so the outcomes are shuffled: the same work, without a commit.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const root = path.join(__dirname, '../..');
const python = path.join(root, '.venv/bin/python');
const fit = [
  ...['src/cli/bin.cjs', 'fit', 'zeng2025', '--learner', 'lightgbm', '--protocol', 'paper'],
  ...['--seeds', '20', '--shuffle-outcomes'],
];

function seconds(command: string, args: readonly string[]): number {
  const begin = performance.now();
  const { status, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  if (status !== 0)
    throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${stderr}`);
  return (performance.now() - begin) / 1000;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

const ours: number[] = [];
const plain: number[] = [];
for (let round = 0; round < Number(process.argv[2] ?? 5); round++) {
  plain.push(seconds(python, ['bench/ltc/plain.py', 'studies/zeng2025/table6.csv']));
  ours.push(seconds(process.execPath, fit));
  console.log(
    `foretune fit ${ours.at(-1)?.toFixed(2)} s, plain script ${plain.at(-1)?.toFixed(2)} s`,
  );
}
console.log(
  `ratio of the medians: ${(median(ours) / median(plain)).toFixed(2)} (target at most 1.3)`,
);
