/** The context of every command: configuration, output streams and output format. */
import type { Config } from '../config';

export type OutputFormat = 'text' | 'json' | 'jsonl';

/** Exit codes that scripts may rely on. */
export const EXIT = {
  done: 0,
  error: 1,
  failed: 2,
  notFound: 4,
  workToDo: 10,
} as const;

export interface CliContext {
  readonly config: Config;
  /** Results. */
  readonly stdout: (text: string) => void;
  /** Progress, warnings and errors. */
  readonly stderr: (text: string) => void;
  readonly format: () => OutputFormat;
  readonly setExitCode: (code: number) => void;
}
