/** `weft access create NAME --role ROLE | list | delete NAME`: who may use the controller's API over TCP. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type AccessToken, accessLimits, type Role, roles } from '../../wire/access.ts';
import { type Context, type ControllerOptions, controllerOptions, type Family, openApi } from '../context.ts';
import { ago, cell } from '../output.ts';

export const family: Family = (program, context) => {
  const access = program.command('access').description('access tokens: who may use the controller’s API over TCP');
  addCreate(access, context);
  addList(access, context);
  addDelete(access, context);
};

interface CreateOptions extends ControllerOptions {
  readonly role: Role;
  readonly customer?: string;
  readonly expires?: number;
}

function addCreate(access: Command, context: Context): void {
  const command = access
    .command('create <name>')
    .description('make an access token; it is printed once and kept nowhere')
    .addOption(new Option('--role <role>', 'what it is allowed (docs/access.md)').choices(roles).makeOptionMandatory())
    .option('--customer <name>', 'whose clouds, with the role customer')
    .option('--expires <time>', 'how long it is valid: such as 12h, 90d; for ever when left out', duration);
  controllerOptions(command).action(async (name: string, options: CreateOptions) => {
    const { role, customer, expires } = options;
    const api = await openApi(context, options);
    const created = await api.createAccessToken({
      name,
      role,
      ...(customer === undefined ? {} : { customer }),
      ...(expires === undefined ? {} : { lifeMs: expires }),
    });
    context.output.show(created, () => context.output.line(created.token));
    const until = created.expiresMs === undefined ? 'until it is deleted' : `until ${iso(created.expiresMs)}`;
    context.output.note(`access token '${name}' (${role}) is valid ${until}; it is not shown again`);
  });
}

function addList(access: Command, context: Context): void {
  const command = access.command('list').description('show the access tokens, without their secrets');
  controllerOptions(command).action(async (options: ControllerOptions) => {
    const tokens = await (await openApi(context, options)).accessTokens();
    const now = context.now();
    context.output.show({ items: tokens }, () =>
      context.output.table(
        ['NAME', 'ROLE', 'CUSTOMER', 'EXPIRES', 'LAST USED', 'CREATED', 'BY'],
        tokens.map((token) => row(token, now)),
      ),
    );
  });
}

function row({ name, role, customer, expiresMs, lastUsedMs, createdMs, createdBy }: AccessToken, now: number) {
  const expires = expiresMs === undefined ? 'never' : expiresMs <= now ? 'expired' : iso(expiresMs);
  const used = lastUsedMs === undefined ? 'never' : `${ago(lastUsedMs, now)} ago`;
  return [name, role, cell(customer), expires, used, iso(createdMs), createdBy];
}

function addDelete(access: Command, context: Context): void {
  const command = access.command('delete <name>').description('delete an access token: from now on it is refused');
  controllerOptions(command).action(async (name: string, options: ControllerOptions) => {
    await (await openApi(context, options)).deleteAccessToken(name);
    context.output.show({ kind: 'access-token', name, deleted: true }, () =>
      context.output.line(`access token '${name}' deleted`),
    );
  });
}

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

function duration(text: string): number {
  const [, count = '', unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  const ms = Number(count) * (units[unit] ?? 0);
  if (ms > 0 && ms <= accessLimits.lifeMs) return ms;
  throw new InvalidArgumentError('expected a time such as 30m, 12h or 90d, of at most ten years.');
}

function iso(unixMs: number): string {
  return `${new Date(unixMs).toISOString().slice(0, 16)}Z`;
}
