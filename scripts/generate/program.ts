/** The whole tree of commands, as `weft --help` has it; nothing of it runs. */
import type { CommandText } from '../../cli/manual/read.ts';
import { readCommand } from '../../cli/manual/read.ts';
import { createOutput } from '../../cli/output.ts';
import { buildProgram } from '../../cli/run.ts';

export async function wholeProgram(): Promise<CommandText> {
  const program = await buildProgram({
    output: createOutput({ out: process.stdout, err: process.stderr }),
    config: { controller: '', agent: '' },
    signal: new AbortController().signal,
    now: Date.now,
    setExitCode: () => undefined,
  });
  return readCommand(program);
}
