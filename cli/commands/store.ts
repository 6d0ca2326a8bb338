/** `weft store`: back up what the controller keeps, check it, bring it back. */
import { existsSync } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { StoreStatus } from '../../wire/resources.ts';
import { become } from '../become.ts';
import { type Context, type ControllerOptions, controllerOptions, type Family, openApi } from '../context.ts';
import { Problem } from '../problem.ts';

interface LocalOptions {
  readonly config: string;
}

export const family: Family = (program, context) => {
  const store = program.command('store').description('what the controller keeps: back it up, check it, bring it back');
  controllerOptions(
    store.command('backup <file>').description('write a copy of all of it, as it is now; the controller goes on'),
  ).action((file: string, options: ControllerOptions) => backUp(context, file, options));
  local(
    store
      .command('restore <backup>')
      .description('put a backup in the place of the store of this machine; its controller must be stopped'),
  ).action((backup: string, { config }: LocalOptions) =>
    become('controller', ['--config', config, '--restore', resolve(backup)]),
  );
  local(
    store
      .command('check [file]')
      .description('look whether a backup, or the store of this machine while its controller is stopped, is whole'),
  ).action((file: string | undefined, { config }: LocalOptions) =>
    become('controller', ['--config', config, '--check', ...(file === undefined ? [] : [resolve(file)])]),
  );
  controllerOptions(
    store.command('status').description('whether it was restored, and which guests hosts have that it does not know'),
  ).action((options: ControllerOptions) => show(context, options));
  controllerOptions(
    store
      .command('settle')
      .description('after a restore: hosts give up every guest that the store does not know, and all is as usual'),
  ).action(async (options: ControllerOptions) => {
    await (await openApi(context, options)).settleStore();
    context.output.show({ settled: true }, () =>
      context.output.line('settled: hosts give up what the store does not know'),
    );
  });
};

function local(command: Command): Command {
  return command.option('--config <file>', 'the controller’s YAML file', '/etc/weft/controller.yaml');
}

async function backUp(context: Context, file: string, options: ControllerOptions): Promise<void> {
  if (existsSync(file)) throw new Problem(`${file} is there already: name another file`);
  const api = await openApi(context, options);
  // Under its own name only when it is whole.
  const part = `${file}.part`;
  try {
    await api.backUpStore(part);
    await rename(part, file);
  } finally {
    await rm(part, { force: true });
  }
  const { size } = await stat(file);
  context.output.show({ file, bytes: size }, () =>
    context.output.line(`${file}: ${size} bytes; keep it as you keep secrets`),
  );
}

async function show(context: Context, options: ControllerOptions): Promise<void> {
  const status = await (await openApi(context, options)).store();
  context.output.show(status, () => tell(context, status));
}

function tell({ output }: Context, { restoredMs, unknown }: StoreStatus): void {
  if (restoredMs === undefined) {
    output.line('the store is in use as it always was');
    return;
  }
  output.line(
    `restored ${new Date(restoredMs).toISOString()}; hosts keep what it does not know until \`weft store settle\``,
  );
  output.table(
    ['HOST', 'UNKNOWN GUEST'],
    unknown.map(({ host, guest }) => [host, guest]),
  );
}
