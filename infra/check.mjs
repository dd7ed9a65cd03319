/** Format, lint and types side by side: each keeps one core busy. */
import { spawn } from 'node:child_process';

/** Its output comes whole at its end, so that lines of two do not mix. */
function run(script) {
  return new Promise((resolve) => {
    const child = spawn('npm', ['run', '--silent', script], { stdio: ['ignore', 'pipe', 'pipe'] });
    const said = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => said.push(text));
    child.on('close', (code) => {
      console.log(`${script}: ${code === 0 ? 'ok' : 'FAILED'}`);
      if (code !== 0) process.stdout.write(Buffer.concat(said));
      resolve(code === 0);
    });
  });
}

const passed = await Promise.all(['format:check', 'lint', 'types'].map(run));
if (!passed.every(Boolean)) process.exit(1);
