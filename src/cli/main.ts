/** The command line: one file per command, errors told in words, exit codes that scripts may trust. */
import { Command, CommanderError, Option } from 'commander';
import { loadConfig } from '../../temporal.config';
import { ForetuneError, NotFoundError } from '../errors';
import * as compare from './compare';
import { EXIT, type CliContext, type OutputFormat } from './context';
import * as data from './data';
import * as doctor from './doctor';
import * as down from './down';
import * as env from './env';
import * as fit from './fit';
import * as list from './list';
import * as logs from './logs';
import * as plan from './plan';
import * as recommend from './recommend';
import * as report from './report';
import * as resume from './resume';
import * as run from './run';
import * as schema from './schema';
import * as status from './status';
import * as up from './up';
import * as worker from './worker';

const COMMANDS = [
  up,
  down,
  doctor,
  env,
  worker,
  schema,
  run,
  plan,
  resume,
  status,
  list,
  logs,
  fit,
  compare,
  recommend,
  report,
  data,
];

const FORMATS: readonly OutputFormat[] = ['text', 'json', 'jsonl'];

function buildProgram(): Command {
  const program = new Command('foretune')
    .description('Predicts which of two checkpoints will be better after supervised fine-tuning.')
    .addOption(
      new Option('-o, --output <format>', 'form of the results').choices(FORMATS).default('text'),
    )
    .showHelpAfterError('(--help lists what there is)')
    .showSuggestionAfterError()
    .exitOverride();
  const context = createContext(program);
  for (const command of COMMANDS) command.register(program, context);
  for (const command of allCommands(program)) shareOutputOption(command, program);
  return program;
}

function createContext(program: Command): CliContext {
  return {
    config: loadConfig(),
    stdout: (text) => void process.stdout.write(`${text}\n`),
    stderr: (text) => void process.stderr.write(`${text}\n`),
    format: () => program.opts<{ output: OutputFormat }>().output,
    setExitCode: (code) => void (process.exitCode = code),
  };
}

/** `-o json` may stand before or behind the command's name. */
function shareOutputOption(command: Command, program: Command): void {
  command
    .exitOverride()
    .addOption(new Option('-o, --output <format>', 'form of the results').choices(FORMATS))
    .on('option:output', (format: string) => void program.setOptionValue('output', format));
}

function allCommands(command: Command): Command[] {
  return command.commands.flatMap((child) => [child, ...allCommands(child)]);
}

function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.error;
  const known = error instanceof ForetuneError;
  const text = known
    ? error.message
    : error instanceof Error
      ? (error.stack ?? error.message)
      : String(error);
  process.stderr.write(`foretune: ${text}\n`);
  return error instanceof NotFoundError ? EXIT.notFound : EXIT.error;
}

async function main(): Promise<void> {
  try {
    await buildProgram().parseAsync();
  } catch (error) {
    process.exitCode = explain(error);
  }
}

void main();
