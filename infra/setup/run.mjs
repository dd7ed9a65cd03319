/** Runs an installer; shows the seconds while it works, and its output only if it fails. */
import { spawn } from 'node:child_process';
import { clearInterval, setInterval } from 'node:timers';
import { advice, SetupError } from './errors.mjs';

const LINE_EVERY_MS = 15_000;
const NPM_LINES = 20;

export async function run(title, command, args, options = {}) {
  const started = Date.now();
  const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`;
  const stop = showProgress(title, seconds);
  const { code, output } = await capture(command, args, options);
  stop();
  if (code === 0) return void console.error(`${title}: done in ${seconds()}`);
  throw new SetupError(
    `${title} failed after ${seconds()}: ${[command, ...args].join(' ')}\n${reason(output)}\n\n${advice(output)}`,
  );
}

/**
 * npm prints the cause first and its usage last; with other programs the last lines are the most
 * useful.
 */
function reason(output) {
  const [errors] = output.split(/^npm (?:error|ERR!) (?:Clean install a project|Usage:)$/m);
  const lines = errors.split('\n').filter((line) => /^npm (error|ERR!) ./.test(line));
  return lines.length ? lines.slice(0, NPM_LINES).join('\n') : output.trim().slice(-3000);
}

/** A counter on a terminal, an occasional line elsewhere. */
function showProgress(title, seconds) {
  const live = process.stderr.isTTY;
  const write = (text) => process.stderr.write(live ? `\r\x1b[K${text}` : `${text}\n`);
  write(`${title} ...`);
  const timer = setInterval(() => write(`${title} ... ${seconds()}`), live ? 1000 : LINE_EVERY_MS);
  return () => {
    clearInterval(timer);
    if (live) write('');
  };
}

/** Exit code and everything that was printed; a command that is missing has code 127. */
export function capture(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    child.once('error', (error) => resolve({ code: 127, output: `${output}${error.message}` }));
    child.once('close', (code, signal) =>
      resolve({ code: code ?? 1, output: signal ? `${output}\nended by ${signal}` : output }),
    );
  });
}
