/**
 * Whether who says hello may be the host that it says it is. Pure: the first rule that it breaks decides.
 *
 *   its certificate's name, an epoch that it has not obeyed a later one of, the identity that its instance has shown
 *   before, a name that no other agent is connected under, addresses and an identity that are no other host's
 */
import type { Hello } from '../../wire/control.ts';
import type { CloseReason } from '../../wire/limits.ts';
import { hasNoAgent } from '../state/foreign.ts';
import { checkKeys } from '../state/host-keys.ts';
import type { Host } from '../state/records.ts';
import { refuse } from '../state/refusal.ts';
import { claimInHello } from '../trust/own.ts';

/** A session of the same name that is open. */
export interface Holder {
  readonly instance: string;
  readonly address: string;
  readonly since: Date;
  /** How long nothing was heard. */
  readonly silentMs: number;
}

export interface AdmissionFacts {
  /** By its certificate. */
  readonly owner: string;
  readonly address: string;
  readonly epoch: number;
  readonly deadlineMs: number;
  readonly holder: Holder | undefined;
  readonly connected: Iterable<Hello>;
  readonly hosts: ReadonlyMap<string, Host>;
}

interface End {
  readonly reason: CloseReason;
  readonly why: string;
}

export type Admission =
  /** `former`: how the session ends that the host had before. */
  | { readonly ok: true; readonly former: End | undefined }
  | ({ readonly ok: false; readonly report?: { readonly code: string; readonly detail: string } } & End)
  /** It says what is another's: whatever else it says is not to be believed either. */
  | { readonly ok: false; readonly claim: string };

export function admit(hello: Hello, facts: AdmissionFacts): Admission {
  const { host } = hello;
  const { owner, epoch, address, holder, connected, hosts } = facts;
  if (owner !== host) return { ok: false, claim: `the name of host '${host}'` };
  if (hello.epoch > epoch) {
    // Short: a close frame carries 123 bytes (RFC 6455 §5.5).
    const why = `epoch ${epoch} is behind epoch ${hello.epoch} that this host obeyed: restore the store, or weft agent --purge here`;
    return { ok: false, reason: 'oldEpoch', why };
  }
  const known = hosts.get(host);
  const keys = known?.framework === undefined ? checkKeys(hello, known) : refuse('exists', hasNoAgent(host));
  if (!keys.ok) {
    const report = { code: 'host-refused', detail: `${keys.message}; refused ${address}` };
    return { ok: false, reason: 'nameInUse', why: keys.message, report };
  }
  const taken = takeName(hello, holder, facts);
  if (!taken.ok) return taken;
  const claim = claimInHello(hello, { connected, records: hosts.values() });
  return claim === undefined ? taken : { ok: false, claim };
}

/** Two agents may not share a name; one that returns replaces its own earlier session. */
function takeName({ host, instance }: Hello, holder: Holder | undefined, facts: AdmissionFacts): Admission {
  const { deadlineMs, address } = facts;
  if (holder === undefined) return { ok: true, former: undefined };
  if (holder.silentMs > deadlineMs) {
    return { ok: true, former: { reason: 'silent', why: `nothing heard for ${deadlineMs} ms` } };
  }
  if (holder.instance === instance) {
    return { ok: true, former: { reason: 'replaced', why: `the same agent connected again from ${address}` } };
  }
  const since = holder.since.toISOString().slice(0, 19);
  const detail = `host name '${host}' is in use by another agent, connected from ${holder.address} since ${since}Z`;
  return {
    ok: false,
    reason: 'nameInUse',
    why: nameInUse(host, holder.address, since),
    report: { code: 'host-name-conflict', detail: `${detail}; refused ${address}` },
  };
}

/** What must fit is who and what to do; the name is cut first. */
function nameInUse(host: string, address: string, since: string): string {
  const rest = (name: string) =>
    `host name '${name}' is in use by another agent, connected from ${address} since ${since}Z; stop it or choose another name`;
  return Buffer.byteLength(rest(host)) <= 120
    ? rest(host)
    : `host name '${host}' is in use from ${address} since ${since}Z; stop it or choose another name`;
}
