/**
 * The last time that `foretune down` stopped the stack. Commands that follow a study must not start
 * it again.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { readState, writeState } from './state';

const FILE = 'stopped.json';
const StopSchema = z.object({ id: z.string(), time: z.string() });

/** Written before anything is stopped. */
export function noteStop(stateDir: string): void {
  writeState(stateDir, FILE, { id: randomUUID(), time: new Date().toISOString() });
}

/** Identifies the last stop; undefined if there was none. */
export function lastStop(stateDir: string): string | undefined {
  return readState(stateDir, FILE, StopSchema)?.id;
}
