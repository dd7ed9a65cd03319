/** The processes of this machine, as the kernel lists them. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Every process whose arguments or environment name a folder. */
export function processesIn(folder: string): number[] {
  return pids().filter((pid) => pid !== process.pid && mentions(pid, folder));
}

function pids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function mentions(pid: number, folder: string): boolean {
  return ['cmdline', 'environ'].some((file) => ofProcess(pid, file).includes(folder));
}

/** Empty for a process that has ended. */
export function ofProcess(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

/**
 * The local addresses on which a process listens, as the kernel writes them: hex, port behind a
 * colon.
 */
export function listeningAddresses(pid: number): string[] {
  const sockets = new Set(
    openFiles(pid).flatMap((file) => /^socket:\[(\d+)\]$/.exec(file)?.[1] ?? []),
  );
  return ['net/tcp', 'net/tcp6']
    .flatMap((table) => ofProcess(pid, table).trim().split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state, , , , , , inode]) => state === LISTEN && sockets.has(inode ?? ''))
    .map(([, local]) => local ?? '');
}

const LISTEN = '0A';

function openFiles(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${fd}`)];
    } catch {
      return []; // closed meanwhile
    }
  });
}
