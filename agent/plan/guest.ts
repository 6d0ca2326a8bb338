/** What has to be done so that a guest is as the controller wants it: pure. */
import type { Guest, PortKind } from '../../wire/control.ts';

export type GuestStep =
  | 'create'
  /** What it has stays; addresses, routes and MTU are brought up to date on it. */
  | 'keep'
  /** Namespace, port and command from the beginning: another incarnation, tenant's network or program. */
  | 'recreate'
  | 'remove'
  | 'nothing';

/**
 * `held`: the guest as it is now set up; undefined when it is not, or failed half-way. `port`: what it then has, whether
 * that was asked for or chosen.
 */
export function planGuest(wanted: Guest | undefined, held: Guest | undefined, port?: PortKind): GuestStep {
  if (wanted === undefined) return held === undefined ? 'nothing' : 'remove';
  if (held === undefined) return 'create';
  const samePort = wanted.port === undefined || wanted.port === port;
  const same = wanted.incarnation === held.incarnation && wanted.gni === held.gni && samePort;
  return same && sameTexts(wanted.command, held.command) ? 'keep' : 'recreate';
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i]);
}
