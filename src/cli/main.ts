/**
 * The command line: one file per command, errors as messages, exit codes that scripts may rely on.
 */
import { Command, CommanderError, Option } from 'commander';
import { version } from '../../package.json';
import { loadConfig } from '../config';
import { ForetuneError, NotFoundError } from '../base/errors';
import { EXIT, type CliContext, type OutputFormat } from './context';
import { watchStreams, write } from './streams';

interface CommandModule {
  readonly register: (program: Command, context: CliContext) => void;
}

/** In the order of the help; each name is also the name of the command's file. */
const COMMANDS = [
  'up down doctor env worker schema recipes',
  'run plan resume status list logs pause cancel window retry add orphans',
  'fit schedule compare recommend report data backup restore',
].flatMap((names) => names.split(' '));
const FORMATS: readonly OutputFormat[] = ['text', 'json', 'jsonl'];

function buildProgram(words: readonly string[]): Command {
  const program = new Command('foretune')
    .description('Predicts which of two checkpoints will be better after supervised fine-tuning.')
    .addOption(
      new Option('-o, --output <format>', 'output format').choices(FORMATS).default('text'),
    )
    .version(version)
    .enablePositionalOptions() // `data show` has a --version of its own
    .showHelpAfterError('(add --help for usage)')
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => write(process.stdout, text),
      writeErr: (text) => write(process.stderr, text),
    })
    .exitOverride();
  const context = createContext(program);
  for (const command of commandsAmong(words)) command.register(program, context);
  for (const command of allCommands(program)) shareOutputOption(command, program);
  return program;
}

/**
 * The commands named on the command line, since loading all modules takes longer than most commands
 * take to run; or all commands, for the help and for suggestions.
 */
function commandsAmong(words: readonly string[]): CommandModule[] {
  const named = COMMANDS.filter((name) => words.includes(name));
  return (named.length ? named : COMMANDS).map(load);
}

/** The path is a pattern that the bundler understands (src/cli/program.cjs). */
function load(name: string): CommandModule {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require(`./commands/${name}.ts`) as CommandModule;
}

function createContext(program: Command): CliContext {
  return {
    config: loadConfig(),
    stdout: (text) => write(process.stdout, `${text}\n`),
    stderr: (text) => write(process.stderr, `${text}\n`),
    format: () => program.opts<{ output: OutputFormat }>().output,
    setExitCode: (code) => void (process.exitCode = code),
  };
}

/** `-o json` is accepted before and after the command's name. */
function shareOutputOption(command: Command, program: Command): void {
  command
    .exitOverride()
    .addOption(new Option('-o, --output <format>', 'output format').choices(FORMATS))
    .on('option:output', (format: string) => void program.setOptionValue('output', format));
}

function allCommands(command: Command): Command[] {
  return command.commands.flatMap((child) => [child, ...allCommands(child)]);
}

function explain(error: unknown, places: Places): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.error;
  write(process.stderr, `foretune: ${textOf(error, places)}\n`);
  return error instanceof NotFoundError ? EXIT.notFound : EXIT.error;
}

function textOf(error: unknown, places: Places): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof ForetuneError) return error.message;
  // Recognized by its name: importing the class would load a library that most commands do not
  // need.
  if (error.name === 'ServiceError')
    return `Temporal did not answer: ${messageOf(error.cause ?? error)}. No measurement is lost. Run this command again; npx foretune doctor checks the server.`;
  return places(error.stack ?? error.message);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Maps the positions in a stack trace of the bundled code to positions in the sources. */
type Places = (stack: string) => string;

export async function main(places: Places = (stack) => stack): Promise<void> {
  watchStreams();
  try {
    await buildProgram(process.argv.slice(2)).parseAsync();
  } catch (error) {
    process.exitCode = explain(error, places);
  }
}
