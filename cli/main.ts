/** The weft command: constructs the whole and turns what comes out into an exit code. */
import { readConfig } from './config.ts';
import { createOutput } from './output.ts';
import { runCli } from './run.ts';

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // The second one ends us at once, for those who cannot wait for a clean end.
  process.once(signal, () => interrupted.abort(signal));
}

// A reader that has seen enough (`weft get guests | head -1`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  process.stderr.write(`weft: cannot write the output: ${error.message}\n`);
  process.exit(1);
});

process.exitCode = await runCli(process.argv.slice(2), {
  output: createOutput({ out: process.stdout, err: process.stderr }),
  config: readConfig(),
  signal: interrupted.signal,
  now: Date.now,
});
