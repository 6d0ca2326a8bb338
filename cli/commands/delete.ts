/** `weft delete guest|vpc|host`. */
import type { Command } from 'commander';
import type { Api } from '../client.ts';
import { type Context, type ControllerOptions, controllerOptions, type Family, openApi } from '../context.ts';

export const family: Family = (program, context) => {
  const remove = program.command('delete').description('delete a guest, a virtual cloud or a host');
  addKind(remove, context, 'guest', 'delete a guest: its program is ended, its network is removed', 'deleteGuest');
  addKind(remove, context, 'vpc', 'delete a virtual cloud that has no guests', 'deleteVpc');
  addKind(remove, context, 'host', 'forget a host that has no guests', 'deleteHost');
};

type Deletion = 'deleteGuest' | 'deleteVpc' | 'deleteHost';

function addKind(remove: Command, context: Context, kind: string, summary: string, how: Deletion): void {
  const command = remove.command(`${kind} <name>`).description(summary);
  controllerOptions(command).action(async (name: string, options: ControllerOptions) => {
    const api: Api = await openApi(context, options);
    await api[how](name);
    context.output.show({ kind, name, deleted: true }, () => context.output.line(`${kind} '${name}' deleted`));
  });
}
