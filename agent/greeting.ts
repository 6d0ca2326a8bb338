/**
 * What of its state a host can say in one Hello. Pure.
 *
 * A controller that is not told of a resource tells it again, so letting go of what does not fit costs a moment; a
 * Hello over the limit would keep the host out for good. Sessions with very many pairs of guests go first, since no
 * session less helps as much; of mappings go the newest.
 */
import type { Mapping, MappingName, Session } from '../wire/control.ts';
import { limits } from '../wire/limits.ts';
import { textsOf } from './plan/terms.ts';
import type { DesiredView, Versioned } from './state/desired.ts';

/** What Hello may take of a message, and what one resource takes of it at most. */
const helloBytes = limits.controlMessageBytes * 0.8;
const heldBytes = 100;
const heldSessionBytes = 200;
const heldTermsBytes = 80;

export interface LetGo {
  /** Peers. */
  readonly sessions: readonly string[];
  readonly mappings: readonly MappingName[];
}

export function findSurplus({ mappings, sessions, guests, networks }: Omit<DesiredView, 'mappingsOn'>): LetGo {
  let rest = helloBytes - (guests.size + networks.size) * heldBytes;
  const tooMany: string[] = [];
  const smallestFirst = [...sessions].sort(([, a], [, b]) => bytesOf(a) - bytesOf(b));
  for (const [peer, session] of smallestFirst) {
    if (bytesOf(session) <= rest) rest -= bytesOf(session);
    else tooMany.push(peer);
  }
  const most = Math.max(0, Math.floor(rest / heldBytes));
  return { sessions: tooMany, mappings: [...mappings.values()].slice(most).map(nameOf) };
}

/** About what Hello takes of a session. */
function bytesOf({ body }: Versioned<Session>): number {
  return heldSessionBytes + heldTermsBytes * (textsOf(body).length + body.pairs.length);
}

function nameOf({ body: { gni, address } }: Versioned<Mapping>): MappingName {
  return { gni, address };
}
