/**
 * Selections with the keys of two hosts. What is selected is stored without keys; what is sent and accepted names
 * the newest epoch of each host, so a new key is one more change that goes through accept, send, retire.
 */
import { parseEncapsulation, withKeys } from '../../wire/encapsulation.ts';
import type { Decision } from '../negotiation/sessions.ts';
import type { Host } from '../state/records.ts';

type Holder = Pick<Host, 'keys'>;
/** What is stored, or chosen. */
interface Selected {
  readonly selected?: string | undefined;
  readonly accepts?: readonly string[];
}

/** Undecided, too, as long as a host has not said a key that is needed. */
export function decide(selection: Selected | undefined, source: Holder, destination: Holder): Decision {
  if (selection === undefined) return undefined;
  const { selected, accepts = [] } = selection;
  if (selected === undefined) return { selected };
  const text = keyed(selected, source, destination);
  if (text === undefined) return undefined;
  return { selected: text, accepts: accepts.flatMap((each) => keyed(each, source, destination) ?? []) };
}

/** Undefined: a host has no key. */
function keyed(text: string, source: Holder, destination: Holder): string | undefined {
  if (parseEncapsulation(text)?.cipher === undefined) return text;
  const keys = { source: newestEpoch(source), destination: newestEpoch(destination) };
  if (keys.source === undefined || keys.destination === undefined) return undefined;
  return withKeys(text, { source: keys.source, destination: keys.destination });
}

/** Characters of an encapsulation with every feature, long epochs and a format that may be newer than this build. */
const longestText = 160;

/**
 * Whether both hosts still hold the keys that the text names. What is no encapsulation is nobody's: an agent that says
 * it sends such a thing shall not put it into the sessions of its peers.
 */
export function areKeysHeld(text: string, source: Holder, destination: Holder): boolean {
  const encapsulation = parseEncapsulation(text);
  if (encapsulation === undefined || text.length > longestText) return false;
  const { keys } = encapsulation;
  return keys === undefined || (holds(source, keys.source) && holds(destination, keys.destination));
}

export function newestEpoch({ keys }: Holder): number | undefined {
  return keys?.epochs[0]?.epoch;
}

function holds({ keys }: Holder, wanted: number): boolean {
  return keys?.epochs.some(({ epoch }) => epoch === wanted) ?? false;
}
