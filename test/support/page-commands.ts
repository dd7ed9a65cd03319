/**
 * Commands that pages show, asked of the command line itself: no list of commands or options here.
 */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import type { CliContext } from '../../src/cli/context';
import { ROOT } from './root';

interface CommandModule {
  readonly register: (program: Command, context: CliContext) => void;
}

const COMMANDS = path.join(ROOT, 'src', 'cli', 'commands');
const EVERYWHERE = ['-o', '--output', '-h', '--help', '-V', '--version'];

/** A context that no command asks anything of while it registers. */
const untouched = new Proxy({} as CliContext, {
  get: (_, name) => () => {
    throw new Error(`a command asked for ${String(name)} before it was run`);
  },
});

export async function buildCommands(): Promise<Command> {
  const program = new Command('foretune');
  for (const file of readdirSync(COMMANDS).filter((name) => name.endsWith('.ts'))) {
    const { register } = (await import(path.join(COMMANDS, file))) as CommandModule;
    register(program, untouched);
  }
  return program;
}

/** Words as a shell makes them, without comments. */
export function wordsOf(line: string): string[] {
  const found = line.match(/"[^"]*"|'[^']*'|#.*|[^\s"'#]+/g) ?? [];
  return found
    .filter((word) => !word.startsWith('#'))
    .map((word) => word.replace(/^(["'])(.*)\1$/, '$2'));
}

/** What is wrong with the words after `npx foretune`; null: such a command may be given. */
export function faultOf(program: Command, words: readonly string[]): string | null {
  let command = program;
  let rest = [...words];
  for (let next = childOf(command, rest); next; next = childOf(command, rest)) {
    command = next;
    rest = rest.slice(1);
  }
  if (command === program)
    return rest.every((word) => EVERYWHERE.includes(word)) ? null : `no command "${rest[0]}"`;
  return faultOfArguments(command, rest);
}

function childOf(command: Command, [name]: readonly string[]): Command | undefined {
  return command.commands.find((child) => child.name() === name);
}

function faultOfArguments(command: Command, words: readonly string[]): string | null {
  const given: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    if (!word.startsWith('-')) given.push(word);
    else if (word === '-o' || word === '--output') i++;
    else if (!EVERYWHERE.includes(word) || word === '--version') {
      const option = command.options.find(({ short, long }) => [short, long].includes(word));
      if (!option) return `${command.name()} has no option ${word}`;
      if (option.required) i++;
    }
  }
  return countFault(command, given.length);
}

function countFault(command: Command, given: number): string | null {
  const known = command.registeredArguments;
  const least = known.filter(({ required }) => required).length;
  const most = known.some(({ variadic }) => variadic) ? Infinity : known.length;
  return given >= least && given <= most
    ? null
    : `${command.name()} takes ${least} to ${most} arguments, got ${given}`;
}
