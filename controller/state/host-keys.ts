/**
 * Which keys of a host are believed. Pure.
 *
 * The identity belongs to the agent's instance: both are made once and live in the same state directory, so another
 * identity of the same instance is somebody else's. A new instance is another agent that took the name over, which
 * operators are told of.
 */
import type { HostKey, Keys } from '../../wire/control.ts';
import { isSigned } from '../../wire/keys.ts';
import type { Host, HostValue } from './records.ts';
import { grant, type Outcome, refuse } from './refusal.ts';

interface Described {
  readonly host: string;
  readonly instance: string;
  readonly keys: Keys;
}

/** What to store: undefined for a host that never had any. */
export function checkKeys({ host, instance, keys }: Described, before: Host | undefined): Outcome<HostValue['keys']> {
  const pinned = before?.instance === instance ? (before.keys?.identity ?? '') : '';
  const { identity, epochs } = keys;
  if (identity === '') return grant(pinned === '' ? undefined : { identity: pinned, epochs: [] });
  if (pinned !== '' && identity !== pinned) {
    return refuse(
      'taken',
      `host '${host}' shows another identity key than before: bring back its state directory, or purge it there (weft agent --purge)`,
    );
  }
  return grant({ identity, epochs: newestFirst(epochs) });
}

/**
 * Without those that the identity has not signed, and without those that are another key than the one that peers
 * know by the same epoch; and what is wrong with each of these.
 */
export function believedKeys(
  host: string,
  keys: Keys,
  before: Pick<Host, 'keys'> | undefined,
): { readonly keys: Keys; readonly faults: readonly string[] } {
  const faults: string[] = [];
  const known = new Map(before?.keys?.epochs.map((key) => [key.epoch, key]));
  const epochs = newestFirst(keys.epochs).filter((key) => {
    const { epoch, publicKey, signature } = key;
    const same = known.get(epoch);
    if (same !== undefined && same.publicKey !== publicKey) {
      faults.push(`key of epoch ${epoch} is another one than that of the same epoch before: rotate it`);
      return false;
    }
    if (same?.signature === signature && before?.keys?.identity === keys.identity) return true;
    if (isSigned(host, keys.identity, key)) return true;
    faults.push(`key of epoch ${epoch} is not signed by the host's identity`);
    return false;
  });
  return { keys: { identity: keys.identity, epochs }, faults };
}

function newestFirst(epochs: readonly HostKey[]): HostKey[] {
  return [...epochs].sort((a, b) => b.epoch - a.epoch);
}
