/**
 * One run of the command line: argv in, exit code out.
 *
 * Families are loaded only when they are called, so that `weft get` does not wait for the code of
 * `weft capture`; help and completion load them all.
 */
import { Command, CommanderError } from 'commander';
import { ConfigError } from '../wire/config-file.ts';
import { version } from '../wire/version.ts';
import { namesCommand } from './completion.ts';
import type { Context, Family } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { isForPeople, type Output } from './output.ts';
import { askedFormat, settleOutput } from './output-format.ts';
import { Problem } from './problem.ts';

/** Word → the file that knows it, in the order in which help shows them. */
const families: Readonly<Record<string, () => Promise<{ readonly family: Family }>>> = {
  status: () => import('./commands/status.ts'),
  get: () => import('./commands/get.ts'),
  create: () => import('./commands/create.ts'),
  delete: () => import('./commands/delete.ts'),
  apply: () => import('./commands/apply.ts'),
  diff: () => import('./commands/diff.ts'),
  policy: () => import('./commands/policy.ts'),
  rollout: () => import('./commands/rollout.ts'),
  explain: () => import('./commands/explain.ts'),
  trace: () => import('./commands/trace.ts'),
  access: () => import('./commands/access.ts'),
  audit: () => import('./commands/audit.ts'),
  events: () => import('./commands/events.ts'),
  keys: () => import('./commands/keys.ts'),
  store: () => import('./commands/store.ts'),
  token: () => import('./commands/token.ts'),
  join: () => import('./commands/join.ts'),
  revoke: () => import('./commands/revoke.ts'),
  lab: () => import('./commands/lab.ts'),
  top: () => import('./commands/top.ts'),
  capture: () => import('./commands/capture.ts'),
  doctor: () => import('./commands/doctor.ts'),
  bundle: () => import('./commands/bundle.ts'),
  agent: () => import('./commands/agent.ts'),
  controller: () => import('./commands/controller.ts'),
  completion: () => import('./commands/completion.ts'),
  [namesCommand]: async () => ({ family: (await import('./commands/completion.ts')).namesFamily }),
};

export async function runCli(argv: readonly string[], environment: Omit<Context, 'setExitCode'>): Promise<number> {
  let exitCode = 0;
  const context: Context = {
    ...environment,
    setExitCode: (code) => {
      exitCode = code;
    },
  };
  // Mistakes of the command line itself are found before its options are.
  context.output.use(askedFormat(argv));
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
  const { out } = context.output.streams;
  const program = new Command('weft')
    .description('Weft: a self-hosted virtual private cloud for Linux hosts')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'explain a command')
    .showHelpAfterError('(`weft COMMAND --help` explains a command)')
    .configureOutput({ writeOut: (text) => out.write(text), writeErr: (text) => writeMistake(text, context) })
    .hook('preAction', (_program, command) => settleOutput(command, context.output))
    .exitOverride();
  const only = word === undefined ? undefined : families[word];
  const wanted = only === undefined || word === 'completion' ? Object.values(families) : [only];
  for (const load of wanted) (await load()).family(program, context);
  return program;
}

/** Commander's own words; with `-o json` its sentence comes once more as an error, and is not said twice. */
function writeMistake(text: string, { output }: Context): void {
  if (isForPeople(output.format)) output.streams.err.write(text);
}

interface Failure {
  readonly exitCode: number;
  /** Stable word for programs. */
  readonly code: string;
  readonly message: string;
}

function report(error: unknown, context: Context): number {
  const { output } = context;
  if (error instanceof CommanderError && error.exitCode === 0) return 0;
  const failure = describe(error, context);
  if (isForPeople(output.format)) tell(failure, error, output);
  else output.note(JSON.stringify({ error: failure }));
  return failure.exitCode;
}

function describe(error: unknown, { signal }: Context): Failure {
  if (error instanceof CommanderError) {
    return { exitCode: exitCodes.usage, code: 'usage', message: error.message.replace(/^error: /, '') };
  }
  if (error instanceof ConfigError) return { exitCode: exitCodes.usage, code: 'file', message: error.message };
  if (error instanceof Problem) return { exitCode: error.exitCode, code: error.code, message: error.message };
  if (signal.aborted) {
    const exitCode = signal.reason === 'SIGTERM' ? exitCodes.terminated : exitCodes.interrupted;
    return { exitCode, code: 'interrupted', message: 'interrupted' };
  }
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { exitCode: exitCodes.failed, code: 'bug', message: `this is a bug: ${what}` };
}

function tell({ message }: Failure, error: unknown, { note, style }: Output): void {
  // Commander has said it already; mistakes in files begin with their place.
  if (error instanceof CommanderError) return;
  const weft = error instanceof Problem ? style('red', 'weft:') : 'weft:';
  note(error instanceof ConfigError ? message : `${weft} ${message}`);
}
