/**
 * `npm run test:slurm`: installs and starts a real Slurm (as root, on Debian), runs the tests on
 * it, stops it.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const script = path.join(import.meta.dirname, 'slurm.sh');
const folder = mkdtempSync(path.join(tmpdir(), 'foretune-slurmd-'));

function run(command, args, env = process.env) {
  const { status } = spawnSync(command, args, { cwd: root, env, stdio: 'inherit' });
  return status ?? 1;
}

/** One suite after the other: some take the whole node, or its controller. */
function test() {
  if (run(script, ['install']) || run(script, ['start', folder])) return 1;
  const env = { ...process.env, SLURM_CONF: path.join(folder, 'etc', 'slurm.conf') };
  const jest = ['jest', ...process.argv.slice(2), '--selectProjects', 'slurm', '--runInBand'];
  return run('npx', jest, env);
}

// A keyboard interrupt reaches the tests as well; Slurm is stopped nevertheless.
process.on('SIGINT', () => undefined);
let status = 1;
try {
  status = test();
} finally {
  if (run(script, ['stop', folder]) === 0) rmSync(folder, { recursive: true, force: true });
}
process.exit(status);
