/** From two samples of counters to rows with rates: pure. A rate is absent where there is nothing to compare with. */
import { type DropName, dropReasons } from '../../wire/drops.ts';
import type { Guest, Host } from '../../wire/resources.ts';
import type { AgentStatus, Traffic } from '../../wire/status.ts';

export interface AgentSample {
  /** Its name; before it ever answered, its socket. */
  readonly host: string;
  /** Steady, ms: when it answered. */
  readonly atMs: number;
  readonly status?: AgentStatus;
  readonly error?: string;
}

export interface ControllerSample {
  /** One line about all of it. */
  readonly summary: string;
  readonly hosts: readonly Host[];
  readonly guests: readonly Guest[];
  readonly error?: string;
}

export interface Sample {
  readonly agents: readonly AgentSample[];
  /** Absent: not asked. */
  readonly controller?: ControllerSample;
}

/** Per second. */
export interface Rate {
  readonly packets: number;
  readonly bits: number;
}

interface Flows {
  readonly out?: Rate;
  readonly in?: Rate;
  readonly dropsPerSecond?: number;
  /** Since the agent started; absent: not known here. */
  readonly drops?: number;
}

export type Tone = 'bad' | 'odd';

export interface HostRow extends Flows {
  readonly name: string;
  /** How it stands with its controller. */
  readonly control: string;
  readonly tone?: Tone;
  readonly guests: number;
  readonly peers?: number;
  readonly problems: number;
}

export interface GuestRow extends Flows {
  readonly name: string;
  readonly host: string;
  readonly gni: number;
  readonly port: string;
  readonly executor: string;
  readonly phase: string;
  readonly tone?: Tone;
}

export interface PeerRow extends Flows {
  /** `left → right` */
  readonly name: string;
  readonly send: string;
  readonly roundTripUs?: number;
  readonly lostPercent?: number;
  readonly pathMtu: number;
  readonly tone?: Tone;
}

export interface DropRow extends Flows {
  readonly name: DropName;
  readonly host: string;
  readonly doc: string;
  readonly tone?: Tone;
}

export interface View {
  readonly controller: string;
  readonly hosts: readonly HostRow[];
  readonly guests: readonly GuestRow[];
  readonly peers: readonly PeerRow[];
  readonly drops: readonly DropRow[];
}

export function viewOf(now: Sample, before: Sample | undefined): View {
  const pairs = now.agents.map((agent) => compare(agent, before));
  const here = new Set(now.agents.map(({ host }) => host));
  const elsewhere = (now.controller?.hosts ?? []).filter(({ name }) => !here.has(name));
  const guestsElsewhere = (now.controller?.guests ?? []).filter(({ host }) => !here.has(host));
  return {
    controller: now.controller?.summary ?? '',
    hosts: [...pairs.map(hostRow), ...elsewhere.map(distantHost)],
    guests: [...pairs.flatMap(guestRows), ...guestsElsewhere.map(distantGuest)],
    peers: pairs.flatMap(peerRows),
    drops: pairs.flatMap(dropRows),
  };
}

/** One agent's answer and the one before, if both are of one run. */
interface Pair {
  readonly agent: AgentSample;
  readonly before: AgentStatus | undefined;
  readonly seconds: number;
}

function compare(agent: AgentSample, sample: Sample | undefined): Pair {
  const former = sample?.agents.find(({ host }) => host === agent.host);
  const seconds = former === undefined ? 0 : (agent.atMs - former.atMs) / 1000;
  const isSameRun = former?.status?.startedMs === agent.status?.startedMs && seconds > 0;
  return { agent, before: isSameRun ? former?.status : undefined, seconds };
}

interface Counted {
  readonly out: Traffic;
  readonly in: Traffic;
  readonly drops: number;
}

function flows(now: Counted, before: Counted | undefined, seconds: number): Flows {
  const out = rate(now.out, before?.out, seconds);
  const inward = rate(now.in, before?.in, seconds);
  const dropped = perSecond(now.drops, before?.drops, seconds);
  return {
    ...(out === undefined ? {} : { out }),
    ...(inward === undefined ? {} : { in: inward }),
    ...(dropped === undefined ? {} : { dropsPerSecond: dropped }),
    drops: now.drops,
  };
}

function rate(now: Traffic, before: Traffic | undefined, seconds: number): Rate | undefined {
  const packets = perSecond(now.packets, before?.packets, seconds);
  const bytes = perSecond(now.bytes, before?.bytes, seconds);
  return packets === undefined || bytes === undefined ? undefined : { packets, bits: bytes * 8 };
}

/** Counters that went back belong to something that was made anew. */
function perSecond(now: number, before: number | undefined, seconds: number): number | undefined {
  return before === undefined || now < before ? undefined : (now - before) / seconds;
}

function sum(counted: readonly Counted[]): Counted {
  const add = (side: 'out' | 'in'): Traffic => ({
    packets: counted.reduce((total, each) => total + each[side].packets, 0),
    bytes: counted.reduce((total, each) => total + each[side].bytes, 0),
  });
  return { out: add('out'), in: add('in'), drops: counted.reduce((total, { drops }) => total + drops, 0) };
}

function allDrops({ drops }: AgentStatus): number {
  return Object.values(drops).reduce((total, count) => total + count, 0);
}

function hostRow({ agent: { host, status, error }, before, seconds }: Pair): HostRow {
  if (status === undefined) {
    return {
      name: host,
      control: error === undefined ? 'unknown' : 'no agent answers',
      tone: 'bad',
      guests: 0,
      problems: 0,
    };
  }
  const { session, guests, peers, capabilities } = status;
  // Guests that come and go would make the sum jump: only those that are in both count.
  const known = new Set(before?.guests.map(({ name }) => name));
  const now = sum(before === undefined ? guests : guests.filter(({ name }) => known.has(name)));
  const names = new Set(guests.map(({ name }) => name));
  const then = before && sum(before.guests.filter(({ name }) => names.has(name)));
  return {
    name: host,
    control: session.state,
    ...(session.state === 'connected' ? {} : { tone: 'odd' }),
    guests: guests.length,
    peers: peers.length,
    problems: capabilities.problems.length,
    ...flows({ ...now, drops: allDrops(status) }, before && then && { ...then, drops: allDrops(before) }, seconds),
  };
}

function distantHost({ name, framework, connected, guests, capabilities }: Host): HostRow {
  const control = framework === undefined ? (connected ? 'connected' : 'away') : `foreign ${framework}`;
  const tone: Tone | undefined = control === 'away' ? 'bad' : undefined;
  return { name, control, guests, problems: capabilities.problems.length, ...(tone && { tone }) };
}

const oddPhases: Readonly<Record<string, Tone>> = { failed: 'bad', preparing: 'odd', pending: 'odd' };

function guestRows({ agent: { host, status }, before, seconds }: Pair): readonly GuestRow[] {
  return (status?.guests ?? []).map((guest) => {
    const tone = oddPhases[guest.phase];
    return {
      name: guest.name,
      host,
      gni: guest.gni,
      port: guest.port ?? '-',
      executor: guest.executor ?? '-',
      phase: guest.phase,
      ...(tone && { tone }),
      ...flows(
        guest,
        before?.guests.find(({ name }) => name === guest.name),
        seconds,
      ),
    };
  });
}

function distantGuest({ name, host, gni, port, phase }: Guest): GuestRow {
  const tone = oddPhases[phase];
  return { name, host, gni, port: port ?? '-', executor: '-', phase, ...(tone && { tone }) };
}

function peerRows({ agent: { host, status }, before, seconds }: Pair): readonly PeerRow[] {
  return (status?.peers ?? []).map((peer) => {
    const { roundTripUs, lostPercent } = peer;
    const isBad = peer.none === true || (lostPercent ?? 0) >= 100;
    const isOdd = peer.send === undefined || (lostPercent ?? 0) > 0 || (peer.findings?.length ?? 0) > 0;
    return {
      name: `${host} → ${peer.host}`,
      // The epochs of keys are for other pages.
      send: peer.send?.replace(/ #.*$/, '') ?? (peer.none ? 'none: policy' : 'none'),
      pathMtu: peer.pathMtu,
      ...(roundTripUs === undefined ? {} : { roundTripUs }),
      ...(lostPercent === undefined ? {} : { lostPercent }),
      ...(isBad ? { tone: 'bad' } : isOdd ? { tone: 'odd' } : {}),
      ...flows(
        peer,
        before?.peers.find((each) => each.host === peer.host),
        seconds,
      ),
    };
  });
}

function dropRows({ agent: { host, status }, before, seconds }: Pair): readonly DropRow[] {
  if (status === undefined) return [];
  return dropReasons.flatMap(({ name, doc }): DropRow[] => {
    const drops = status.drops[name] ?? 0;
    if (drops === 0) return [];
    const dropsPerSecond = perSecond(drops, before?.drops[name], seconds);
    return [
      {
        name,
        host,
        doc,
        drops,
        ...(dropsPerSecond === undefined ? {} : { dropsPerSecond }),
        ...((dropsPerSecond ?? 0) > 0 ? { tone: 'odd' } : {}),
      },
    ];
  });
}
