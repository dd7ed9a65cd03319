/** An embedded stack of its own for a test: real servers, their state in a temporary folder. */
import { rmSync, mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { identityOf } from '../../src/stack/server';
import { startStack, stopStack, type StackEndpoints } from '../../src/stack/stack';
import { loadConfig, type Config } from '../../src/config';

export interface TestStack {
  readonly config: Config;
  /** The messages for people. */
  readonly said: string[];
  start(): Promise<StackEndpoints>;
  close(): Promise<void>;
}

export function testStack(variables: NodeJS.ProcessEnv = {}): TestStack {
  const stateDir = mkdtempSync(path.join(os.tmpdir(), 'foretune-stack-'));
  const said: string[] = [];
  const { PATH } = process.env;
  const config = loadConfig({ PATH, HOME: stateDir, FORETUNE_STATE_DIR: stateDir, ...variables });
  return {
    config,
    said,
    start: () => startStack(config, (text) => void said.push(text)),
    async close() {
      await stopStack(config);
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
}

export function pidOf({ stateDir }: Config, server: 'temporal' | 's3'): number {
  const pid = identityOf(stateDir, server)?.pid;
  if (pid === undefined) throw new Error(`there is no ${server} server`);
  return pid;
}
