/**
 * One run of the command line: argv in, exit code out.
 *
 * Families are loaded only when they are called, so that `weft get` does not wait for the code of
 * `weft capture`; help and completion load them all.
 */
import { Command, CommanderError } from 'commander';
import { ConfigError } from '../wire/config-file.ts';
import { version } from '../wire/version.ts';
import type { Context, Family } from './context.ts';
import { Problem } from './problem.ts';

/** Word → the file that knows it, in the order in which help shows them. */
const families: Readonly<Record<string, () => Promise<{ readonly family: Family }>>> = {
  status: () => import('./commands/status.ts'),
  get: () => import('./commands/get.ts'),
  create: () => import('./commands/create.ts'),
  delete: () => import('./commands/delete.ts'),
  policy: () => import('./commands/policy.ts'),
  rollout: () => import('./commands/rollout.ts'),
  explain: () => import('./commands/explain.ts'),
  trace: () => import('./commands/trace.ts'),
  keys: () => import('./commands/keys.ts'),
  lab: () => import('./commands/lab.ts'),
  capture: () => import('./commands/capture.ts'),
  agent: () => import('./commands/agent.ts'),
  controller: () => import('./commands/controller.ts'),
  completion: () => import('./commands/completion.ts'),
};

export async function runCli(argv: readonly string[], environment: Omit<Context, 'setExitCode'>): Promise<number> {
  let exitCode = 0;
  const context: Context = {
    ...environment,
    setExitCode: (code) => {
      exitCode = code;
    },
  };
  try {
    const program = await buildProgram(
      context,
      argv.find((word) => !word.startsWith('-')),
    );
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    return report(error, context);
  }
}

/** The program with the family of `word`, or with all of them when no family has that word. */
export async function buildProgram(context: Context, word?: string): Promise<Command> {
  const { out, err } = context.output.streams;
  const program = new Command('weft')
    .description('Weft: a self-hosted virtual private cloud for Linux hosts')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'explain a command')
    .showHelpAfterError('(`weft COMMAND --help` explains a command)')
    .configureOutput({ writeOut: (text) => out.write(text), writeErr: (text) => err.write(text) })
    .exitOverride();
  const only = word === undefined ? undefined : families[word];
  const wanted = only === undefined || word === 'completion' ? Object.values(families) : [only];
  for (const load of wanted) (await load()).family(program, context);
  return program;
}

function report(error: unknown, context: Context): number {
  const { note, style } = context.output;
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof ConfigError) {
    note(error.message);
    return 2;
  }
  if (error instanceof Problem) {
    note(`${style('red', 'weft:')} ${error.message}`);
    return error.exitCode;
  }
  if (context.signal.aborted) {
    note('weft: interrupted');
    return context.signal.reason === 'SIGTERM' ? 143 : 130;
  }
  note(`weft: this is a bug: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return 1;
}
