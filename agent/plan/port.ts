/** Which port a guest gets: pure. */
import type { Guest, PortKind } from '../../wire/control.ts';

export interface PortFacts {
  /** What a former run left it, whole. */
  readonly found: PortKind | undefined;
  /** Why veth and tap cannot be had on this host; undefined: they can. */
  readonly noFastPath: string | undefined;
}

/**
 * What is asked for; else what the guest has, since flows go on only with the same device; else the fastest there is. A
 * tap is only ever asked for: whoever starts the guest's machine has to know. Throws one clear sentence.
 */
export function choosePort({ port, command }: Pick<Guest, 'port' | 'command'>, facts: PortFacts): PortKind {
  const { found, noFastPath } = facts;
  if (port !== undefined && port !== 'tun' && noFastPath !== undefined)
    throw new Error(`a ${port} port needs the fast path, and this host has none: ${noFastPath}`);
  if (port === 'tap' && command.length > 0)
    throw new Error(
      'a guest with a tap port has no namespace for its command to run in: its machine is started by you',
    );
  if (port !== undefined) return port;
  if (found === 'tun' || noFastPath !== undefined) return 'tun';
  return 'veth';
}
