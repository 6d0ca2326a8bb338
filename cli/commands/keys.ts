/** `weft keys rotate`: new keys now. Hosts make new ones by themselves too; nothing is lost either way. */
import type { Host, KeyRotation } from '../../wire/resources.ts';
import type { Api } from '../client.ts';
import { type Context, type ControllerOptions, controllerOptions, type Family, openApi } from '../context.ts';
import { Problem } from '../problem.ts';

interface RotateOptions extends ControllerOptions {
  readonly all?: true;
}

export const family: Family = (program, context) => {
  const keys = program.command('keys').description('the keys that hosts encrypt with');
  const rotate = keys
    .command('rotate [host]')
    .description('tell a host to make a new key; the old one is used until both ends have the new one')
    .option('--all', 'every connected host that has keys');
  controllerOptions(rotate).action((host: string | undefined, options: RotateOptions) =>
    rotateKeys(context, host, options),
  );
};

async function rotateKeys(context: Context, host: string | undefined, options: RotateOptions): Promise<void> {
  if ((host === undefined) === (options.all === undefined)) {
    throw new Problem('name one host, or say --all: weft keys rotate HOST | --all', { exitCode: 2 });
  }
  const api = await openApi(context, options);
  const names = host === undefined ? await rotatable(api) : [host];
  const rotated: KeyRotation[] = [];
  // One after the other: every host's peers get new terms.
  for (const name of names) {
    const rotation = await api.rotateKeys(name);
    rotated.push(rotation);
    context.output.step(
      `host '${name}' was told to make a new key; the newest one was of epoch ${rotation.newestEpoch}`,
    );
  }
  context.output.show({ items: rotated }, () => undefined);
}

async function rotatable(api: Api): Promise<string[]> {
  const hosts = await api.hosts();
  const able = hosts.filter((host: Host) => host.connected && host.keyEpochs !== undefined);
  if (able.length > 0) return able.map(({ name }) => name);
  throw new Problem(`none of the ${hosts.length} known hosts is connected and has keys: see \`weft get hosts\``);
}
