/**
 * Where the command line writes. Text is made printable, and a command whose output nobody can
 * receive any more ends.
 */
import { EXIT } from './context';
import { printable } from './words/printable';

export function write(stream: NodeJS.WriteStream, text: string): void {
  stream.write(printable(text));
}

/** A reader that has seen enough, such as `head`, is no failure of the command. */
export function watchStreams(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', ({ code, message }: NodeJS.ErrnoException) => {
      if (code === 'EPIPE') process.exit();
      if (stream === process.stdout)
        write(process.stderr, `foretune: The output cannot be written: ${reason(code, message)}\n`);
      process.exit(EXIT.error);
    });
}

function reason(code: string | undefined, message: string): string {
  return code === 'ENOSPC' ? 'no space is left where stdout goes (ENOSPC).' : message;
}
