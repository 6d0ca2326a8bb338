/** `weft revoke HOST`: from now on nobody is that host, until one joins anew. */
import { type ControllerOptions, controllerOptions, type Family, openApi } from '../context.ts';

export const family: Family = (program, context) => {
  const command = program
    .command('revoke <host>')
    .description(
      'trust a host no longer: its session and its packets to others are cut, its certificates and tokens are void',
    );
  controllerOptions(command).action(async (host: string, options: ControllerOptions) => {
    const api = await openApi(context, options);
    const revocation = await api.revokeHost(host);
    const cut = revocation.wasConnected ? ', its session was cut' : '';
    context.output.show(revocation, () =>
      context.output.line(
        `host '${host}' is not trusted any more${cut}; to let it back: weft token create --host ${host}`,
      ),
    );
  });
};
