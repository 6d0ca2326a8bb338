/**
 * What would become of a packet between two addresses, by the tables that the executors of this host hold now. Pure.
 *
 * Each executor answers for itself. What the tables cannot know (whether the packet is a fragment, too long, sealed
 * with the right key) is left to a real packet.
 */
import type { TraceStep } from '../../wire/control.ts';
import { parseEncapsulation } from '../../wire/encapsulation.ts';
import type { FastPathMode, LookedUp, TablesLookedUp } from '../datapath/datapath.ts';
import { deciding, type Ends, mappingText, type Names, whyWaiting } from './steps.ts';

interface Judgement {
  readonly verdict: 'sent' | 'delivered' | 'handed-over' | 'waiting' | 'dropped';
  readonly reason?: string;
  readonly encapsulation?: string;
}

type Side = 'out' | 'in';

export function dryRun(ends: Ends, looked: TablesLookedUp, names: Names): TraceStep[] {
  const { gni, source, destination } = ends;
  const side: Side = names.guestAt(gni, source) === undefined ? 'in' : 'out';
  const guest = names.guestAt(gni, side === 'out' ? source : destination);
  const told = (executor: Executor, found: LookedUp, judged: Judgement) =>
    stepOfJudgement({ executor, side, found, judged }, ends, names);
  const engine = told('engine', looked.engine, engineJudges(side, looked.engine, ends, names));
  const fast = looked.fastPath;
  if (fast === undefined) return [engine];
  const executor = guest === undefined ? 'engine' : names.executorOf(guest);
  // What a tun guest sends never meets the fast path.
  if (side === 'out' && executor === 'engine') return [engine];
  const first = told(executor === 'xdp' && side === 'in' ? 'xdp' : 'tc', fast, fastPathJudges(side, fast, ends, names));
  return first.verdict === 'handed-over' ? [first, engine] : [first];
}

interface Judged {
  readonly executor: Executor;
  readonly side: Side;
  readonly found: LookedUp;
  readonly judged: Judgement;
}

type Executor = 'engine' | FastPathMode;

const programs = {
  engine: { out: 'send', in: 'receive' },
  tc: { out: 'guest', in: 'substrate' },
  xdp: { out: 'guest', in: 'xdp' },
} as const;

function stepOfJudgement({ executor, side, found, judged }: Judged, ends: Ends, names: Names): TraceStep {
  const { gni, source, destination } = ends;
  const { verdict, reason = '', encapsulation = '' } = judged;
  const isReceiver = side === 'in' || verdict === 'delivered';
  return {
    timeUs: 0,
    executor,
    program: programs[executor][side],
    side,
    verdict,
    reason,
    device: '',
    leftBy: '',
    guest: names.guestAt(gni, isReceiver ? destination : source) ?? '',
    peer: peerOf(found, side, ends, names) ?? '',
    encapsulation,
    mapping: entries(side, verdict === 'dropped' ? reason : '', ends, names),
    length: 0,
    generation: found.generation,
    outer: '',
  };
}

/** Where the destination is; of what comes in, where the source is. */
function peerOf({ peer }: LookedUp, side: Side, { gni, source }: Ends, names: Names): string | undefined {
  const held = peer === undefined ? undefined : names.peerAt(peer);
  return side === 'in' ? (held ?? names.mapping(gni, source)?.host) : held;
}

/** Both ends of what comes in decide. */
function entries(side: Side, drop: string, ends: Ends, names: Names): string {
  const decisive = deciding(side, drop, ends, names);
  if (side === 'out' || drop !== '') return decisive;
  return `${mappingText(ends.gni, ends.source, names)}, ${decisive}`;
}

function engineJudges(side: Side, looked: LookedUp, ends: Ends, names: Names): Judgement {
  return side === 'out' ? engineSends(looked, names) : engineReceives(looked, ends, names);
}

function engineSends(looked: LookedUp, names: Names): Judgement {
  if (!looked.sourceIsRight) return { verdict: 'dropped', reason: 'guest-spoofed-source' };
  switch (looked.location) {
    case 'no-route':
      return { verdict: 'dropped', reason: 'no-route' };
    case 'nowhere':
      return { verdict: 'dropped', reason: 'no-mapping' };
    case 'unknown':
      return { verdict: 'waiting', reason: whyWaiting('out', undefined) };
    case 'local':
      return { verdict: 'delivered' };
    case 'remote':
      return engineSendsTo(looked, names);
  }
}

function engineSendsTo({ peer, send }: LookedUp, names: Names): Judgement {
  const name = peer === undefined ? undefined : names.peerAt(peer);
  if (name === undefined) return { verdict: 'dropped', reason: 'no-session' };
  if (send === 'none') return { verdict: 'dropped', reason: 'no-selection' };
  if (send === undefined) return { verdict: 'waiting', reason: whyWaiting('out', name) };
  const encapsulation = names.encapsulation(name, send);
  return { verdict: 'sent', ...(encapsulation === undefined ? {} : { encapsulation }) };
}

function engineReceives(looked: LookedUp, ends: Ends, names: Names): Judgement {
  const { gni, source } = ends;
  if (names.network(gni) === undefined) return { verdict: 'dropped', reason: 'unknown-gni' };
  if (looked.location !== 'local') return { verdict: 'dropped', reason: 'no-guest' };
  const encapsulation = acceptedOf(ends, names).join(', ');
  if (looked.sourceIsRight) return { verdict: 'delivered', encapsulation };
  if (names.mapping(gni, source) === undefined) {
    return { verdict: 'waiting', reason: whyWaiting('in', undefined), encapsulation };
  }
  return { verdict: 'dropped', reason: 'spoofed-inner-source' };
}

function fastPathJudges(side: Side, looked: LookedUp, ends: Ends, names: Names): Judgement {
  return side === 'out' ? fastPathSends(looked, ends, names) : fastPathReceives(looked, ends, names);
}

function fastPathSends(looked: LookedUp, { gni, destination }: Ends, names: Names): Judgement {
  const { sourceIsRight, location, peer, send } = looked;
  if (!sourceIsRight) return { verdict: 'dropped', reason: 'guest-spoofed-source' };
  if (location === 'local') {
    const guest = names.guestAt(gni, destination);
    const isEngines = guest === undefined || names.executorOf(guest) === 'engine';
    return isEngines ? { verdict: 'handed-over', reason: 'engine-port' } : { verdict: 'delivered' };
  }
  const name = peer === undefined ? undefined : names.peerAt(peer);
  if (location !== 'remote' || name === undefined) return { verdict: 'handed-over', reason: 'unknown-location' };
  if (send === 'none') return { verdict: 'dropped', reason: 'no-selection' };
  const encapsulation = send === undefined ? undefined : names.encapsulation(name, send);
  if (encapsulation === undefined || !isPlain(encapsulation)) return { verdict: 'handed-over', reason: 'by-engine' };
  return { verdict: 'sent', encapsulation };
}

function fastPathReceives({ location, sourceIsRight }: LookedUp, ends: Ends, names: Names): Judgement {
  if (location !== 'local' || !sourceIsRight) return { verdict: 'handed-over', reason: 'unknown-location' };
  const open = acceptedOf(ends, names).filter(isCarried);
  if (open.length === 0) return { verdict: 'handed-over', reason: 'not-accepted' };
  const guest = names.guestAt(ends.gni, ends.destination);
  const encapsulation = open.join(', ');
  if (guest === undefined || names.executorOf(guest) === 'engine') {
    return { verdict: 'handed-over', reason: 'engine-port', encapsulation };
  }
  // Where packets may be compressed or shortened, each says whether it is.
  const reason = open.every(isPlain) ? '' : 'where it is neither compressed nor shortened, else the engine’s';
  return { verdict: 'delivered', reason, encapsulation };
}

function acceptedOf({ gni, source, destination }: Ends, names: Names): readonly string[] {
  const host = names.mapping(gni, source)?.host;
  return host === undefined ? [] : names.accepted(host, gni, destination, source);
}

const carried: readonly string[] = ['gni 1.0', 'gni 2.0', 'vxlan', 'geneve'];

/** What the fast path can open, unless the packet says that more was done to it. */
function isCarried(text: string): boolean {
  const parsed = parseEncapsulation(text);
  return parsed !== undefined && carried.includes(parsed.format) && parsed.cipher === undefined;
}

/** What a header of constant form is enough for. */
function isPlain(text: string): boolean {
  const parsed = parseEncapsulation(text);
  if (parsed === undefined || !isCarried(text)) return false;
  const { compression, elision, flowControl } = parsed;
  return compression === undefined && elision !== true && flowControl !== true;
}
