/** The recipe's parts one by one, by Python's own unittest: its environment has no pytest. */
import path from 'node:path';
import { runProgram } from '../support/cli';
import { jobEnvironment, PYTHON } from '../support/hugging-face';
import { ROOT } from '../support/root';

test('each part of the recipe does what it should', async () => {
  const parts = path.join(ROOT, 'test/hf/parts');
  const run = ['-m', 'unittest', 'discover', '-s', parts];
  const { code, stderr } = await runProgram(PYTHON, run, jobEnvironment(parts));
  if (code !== 0) throw new Error(stderr);
}, 300_000);
