/** `weft delete guest|vpc|host|policy`. */
import type { Command } from 'commander';
import type { Api } from '../client.ts';
import { type Context, type Family, openApi, told, type WritingOptions, writingOptions } from '../context.ts';
import { withSuggestion } from '../suggest.ts';

export const family: Family = (program, context) => {
  const remove = program.command('delete').description('delete a guest, a virtual cloud, a host or a policy');
  addKind(remove, context, 'guest', 'delete a guest: its program is ended, its network is removed', 'deleteGuest');
  addKind(remove, context, 'vpc', 'delete a virtual cloud that has no guests', 'deleteVpc');
  addKind(remove, context, 'host', 'forget a host that has no guests', 'deleteHost');
  addKind(remove, context, 'policy', 'delete a policy: what it decided is decided anew', 'deletePolicy');
};

type Deletion = 'deleteGuest' | 'deleteVpc' | 'deleteHost' | 'deletePolicy';

const lists: Readonly<Record<Deletion, (api: Api) => Promise<readonly { readonly name: string }[]>>> = {
  deleteGuest: (api) => api.guests(),
  deleteVpc: (api) => api.vpcs(),
  deleteHost: (api) => api.hosts(),
  deletePolicy: (api) => api.policies(),
};

function addKind(remove: Command, context: Context, kind: string, summary: string, how: Deletion): void {
  deleteCommand(remove.command(`${kind} <name>`).description(summary), context, kind, how);
}

/** Also `weft policy delete`. */
export function deleteCommand(command: Command, context: Context, kind: string, how: Deletion): void {
  writingOptions(command).action(async (name: string, options: WritingOptions) => {
    const { dryRun = false } = options;
    const api: Api = await openApi(context, options);
    await withSuggestion(api[how](name, { dryRun }), name, async () => (await lists[how](api)).map((one) => one.name));
    context.output.show({ kind, name, deleted: !dryRun }, () =>
      context.output.line(`${kind} '${name}' ${told(options, 'deleted')}`),
    );
  });
}
