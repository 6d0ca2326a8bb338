/** `weft token create|list|delete`: what a host joins with, once (`weft join`). */
import type { Command } from 'commander';
import type { JoinToken } from '../../wire/resources.ts';
import { type Context, type ControllerOptions, collect, controllerOptions, type Family, openApi } from '../context.ts';
import { duration, parseDuration } from '../duration.ts';
import { parseLabel } from '../label.ts';
import { cell, list } from '../output.ts';

interface CreateOptions extends ControllerOptions {
  readonly host: string;
  readonly label?: readonly string[];
  readonly ttl?: number;
}

export const family: Family = (program, context) => {
  const token = program.command('token').description('tokens with which hosts join the region, once each');
  const create = token
    .command('create')
    .description('make a token for one host; it is shown this once')
    .requiredOption('--host <name>', 'the host that may join with it, and no other')
    .option('--label <key=value>', 'a label that the host has from then on; may be given again', collect)
    .option('--ttl <time>', 'how long it can be used, such as 1h (10min)', parseDuration);
  controllerOptions(create).action((options: CreateOptions) => createToken(context, options));
  addList(token, context);
  const remove = token.command('delete <id>').description('nobody can join with it any more');
  controllerOptions(remove).action(async (id: string, options: ControllerOptions) => {
    const api = await openApi(context, options);
    await api.deleteJoinToken(id);
    context.output.show({ kind: 'token', id, deleted: true }, () => context.output.line(`token '${id}' deleted`));
  });
};

async function createToken(context: Context, { host, label = [], ttl, ...options }: CreateOptions): Promise<void> {
  const api = await openApi(context, options);
  const made = await api.createJoinToken({
    host,
    ...(label.length === 0 ? {} : { labels: Object.fromEntries(label.map(parseLabel)) }),
    ...(ttl === undefined ? {} : { ttlMs: ttl }),
  });
  const { output } = context;
  output.show(made, () => {
    output.line(made.token ?? '');
    // Beside the token, so that a program can read that alone.
    const validMs = made.expiresMs - made.createdMs;
    output.note(`valid once, for ${duration(validMs)}. On ${host}, as root: weft join CONTROLLER:6740 TOKEN`);
  });
}

function addList(token: Command, context: Context): void {
  const command = token.command('list').description('tokens that can be used, and what became of others');
  controllerOptions(command).action(async (options: ControllerOptions) => {
    const items = await (await openApi(context, options)).joinTokens();
    const { output } = context;
    output.show({ items }, () => {
      if (items.length === 0) return output.note('no tokens');
      output.table(
        ['TOKEN', 'HOST', 'STATE', 'LABELS', 'USED FROM'],
        items.map((item) => row(item, context.now())),
      );
    });
  });
}

function row({ id, host, phase, labels, expiresMs, usedFrom }: JoinToken, nowMs: number): readonly string[] {
  const state = phase === 'open' ? `open for ${duration(Math.max(0, expiresMs - nowMs))}` : phase;
  return [id, host, state, list(Object.entries(labels).map(([key, value]) => `${key} ${value}`)), cell(usedFrom)];
}
