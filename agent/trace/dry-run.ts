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
  const executor = guest === undefined ? 'engine' : names.executorOf(guest);
  const fast = looked.fastPath;
  if (fast === undefined || executor === 'engine') return [engine];
  // XDP receives; what guests send is tc's in either mode.
  const first = told(side === 'out' ? 'tc' : executor, fast, fastPathJudges(side, fast, ends, names));
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
  const plain = acceptedOf(ends, names).filter(isPlain);
  if (location !== 'local' || !sourceIsRight) return { verdict: 'handed-over', reason: 'odd' };
  if (plain.length === 0) return { verdict: 'handed-over', reason: 'not-accepted' };
  return { verdict: 'delivered', encapsulation: plain.join(', ') };
}

function acceptedOf({ gni, source, destination }: Ends, names: Names): readonly string[] {
  const host = names.mapping(gni, source)?.host;
  return host === undefined ? [] : names.accepted(host, gni, destination, source);
}

const carried: readonly string[] = ['gni 1.0', 'gni 2.0', 'vxlan', 'geneve'];

/** What a header of constant form is enough for. */
function isPlain(text: string): boolean {
  const parsed = parseEncapsulation(text);
  if (parsed === undefined) return false;
  const { format, cipher, compression, elision, flowControl } = parsed;
  return (
    carried.includes(format) &&
    cipher === undefined &&
    compression === undefined &&
    elision !== true &&
    flowControl !== true
  );
}
