/** `weft diff -f FILE`: what `weft apply` would change. Ends as diff(1): 0 nothing, 1 something, 2 it is not known. */
import type { Applied } from '../../wire/apply.ts';
import { type Context, type ControllerOptions, collect, controllerOptions, type Family, openApi } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { Problem } from '../problem.ts';
import { readRegion } from '../region-file.ts';
import { showDiff } from './apply.ts';

interface Options extends ControllerOptions {
  readonly file: readonly string[];
}

export const family: Family = (program, context) => {
  const command = program
    .command('diff')
    .description('show what `weft apply` would change; exit code 0: nothing, 1: something, 2: it failed')
    .requiredOption('-f, --file <file>', 'as for `weft apply`; may be given again', collect);
  controllerOptions(command).action(async (options: Options) => {
    const items = await compare(context, options).catch((error: unknown) => {
      throw notKnown(error);
    });
    context.output.show({ items }, () => showDiff(context.output, items));
    if (items.some(({ done }) => done !== 'unchanged')) context.setExitCode(exitCodes.different);
  });
};

async function compare(context: Context, options: Options): Promise<readonly Applied[]> {
  const wanted = readRegion(options.file);
  const api = await openApi(context, options);
  return api.apply(wanted, { dryRun: true });
}

/** A refusal is no difference. */
function notKnown(error: unknown): unknown {
  if (!(error instanceof Problem)) return error;
  return new Problem(error.message, { exitCode: 2, code: error.code, cause: error });
}
