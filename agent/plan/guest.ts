/** What has to be done so that a guest is as the controller wants it: pure. */
import type { Guest } from '../../wire/control.ts';

export type GuestStep =
  | 'create'
  /** What it has stays; addresses, routes and MTU are brought up to date on it. */
  | 'keep'
  /** Namespace, port and command from the beginning: another incarnation, tenant's network or program. */
  | 'recreate'
  | 'remove'
  | 'nothing';

/** `held`: the guest as its namespace is now set up; undefined when there is none, or it failed half-way. */
export function planGuest(wanted: Guest | undefined, held: Guest | undefined): GuestStep {
  if (wanted === undefined) return held === undefined ? 'nothing' : 'remove';
  if (held === undefined) return 'create';
  const same = wanted.incarnation === held.incarnation && wanted.gni === held.gni;
  return same && sameTexts(wanted.command, held.command) ? 'keep' : 'recreate';
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i]);
}
