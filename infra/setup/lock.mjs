/** One setup at a time; the lock of a killed setup is taken over. */
import { mkdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import { readText } from './files.mjs';

const BEAT_MS = 2000;
/**
 * A lock holder whose pid is alive but which sends no heartbeat is another program with a recycled
 * pid.
 */
const STALE_MS = 30_000;

export async function withLock(folder, work) {
  mkdirSync(path.dirname(folder), { recursive: true, mode: 0o700 });
  for (let waits = 0; !take(folder); waits++) {
    if (waits === 1) console.error('Another set-up is running in this folder; waiting for it ...');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const beat = setInterval(() => utimesSync(folder, new Date(), new Date()), BEAT_MS);
  const release = () => rmSync(folder, { recursive: true, force: true });
  const leave = () => process.exit(130);
  process.once('exit', release).once('SIGINT', leave).once('SIGTERM', leave);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    release();
  }
}

function take(folder) {
  try {
    mkdirSync(folder);
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (isStale(folder)) discard(folder);
    return false;
  }
  writeFileSync(path.join(folder, 'pid'), String(process.pid));
  return true;
}

function isStale(folder) {
  try {
    if (Date.now() - statSync(folder).mtimeMs > STALE_MS) return true;
    const pid = Number(readText(path.join(folder, 'pid')));
    return pid > 0 && !isAlive(pid);
  } catch {
    return false; // it has just been released
  }
}

/** By rename, which only one of several can do. */
function discard(folder) {
  const aside = `${folder}.${process.pid}`;
  try {
    renameSync(folder, aside);
  } catch {
    return; // another one did it
  }
  rmSync(aside, { recursive: true, force: true });
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}
