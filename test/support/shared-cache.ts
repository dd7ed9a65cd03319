/**
 * The cache of all workplaces of one run of the tests: prepared text and compiled code, which
 * decide no number and take most of a small job's time.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const VARIABLE = 'TEST_JOB_CACHE';

/** Its folder; none outside the end-to-end tests. */
export function sharedCache(): string | undefined {
  return process.env[VARIABLE];
}

/** What Jest calls before the first end-to-end test ... */
export default function setUp(): void {
  process.env[VARIABLE] = mkdtempSync(path.join(os.tmpdir(), 'foretune-cache-'));
}

/** ... and behind the last. */
export function tearDown(): void {
  const folder = sharedCache();
  if (folder) rmSync(folder, { recursive: true, force: true });
}
