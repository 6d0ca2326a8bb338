/**
 * Packets at a guest's port and encapsulated packets on the wire, brought together: pure but for what it keeps.
 *
 *   out:  port ─► wire        in:  wire ─► port
 *
 * They come from two processes, so either may be heard of first. Both wait, up to a bound, for the other: what can be
 * read matches by what is inside; what is sealed by network, direction and size, in order, and is said to. What waited
 * for too long is told alone.
 */
import { layoutByName } from '../../wire/formats/index.ts';
import { headerLength } from '../../wire/formats/layout.ts';
import type { CapturedPacket } from './packet.ts';
import { type Identity, overlaps, type PortPacket } from './port.ts';

export interface AtPort {
  readonly timeUs: number;
  readonly packet: PortPacket;
}

export interface OnWire {
  readonly timeUs: number;
  readonly packet: CapturedPacket;
  readonly direction: 'out' | 'in';
  /** Of its first inner packet, and of the last byte of all; absent: sealed, or not to be read. */
  readonly identity?: Identity;
}

export type Correlated =
  | {
      readonly kind: 'both';
      readonly port: AtPort;
      /** More than one where the network card, or a receiver, cuts or joins packets. */
      readonly wire: readonly OnWire[];
      readonly by: 'content' | 'size';
      /** From the first to be heard of to the other. */
      readonly betweenUs: number;
    }
  | { readonly kind: 'port'; readonly port: AtPort }
  | { readonly kind: 'wire'; readonly wire: OnWire };

export interface CorrelatorOptions {
  readonly waitUs: number;
  /** Of either kind; what is more is told alone. */
  readonly most: number;
}

interface WaitingPort {
  readonly item: AtPort;
  readonly wire: OnWire[];
  covered: number;
}

export class Correlator {
  readonly #options: CorrelatorOptions;
  /** In the order in which they came. */
  #ports: WaitingPort[] = [];
  #wires: OnWire[] = [];

  constructor(options: CorrelatorOptions) {
    this.#options = options;
  }

  port(item: AtPort): readonly Correlated[] {
    const waiting: WaitingPort = { item, wire: [], covered: 0 };
    const sealed = this.#wires.find((wire) => fitsSealed(item, wire));
    const open = this.#wires.filter((wire) => fitsOpen(item, wire));
    const matched = open.length > 0 ? open : sealed === undefined ? [] : [sealed];
    this.#wires = this.#wires.filter((wire) => !matched.includes(wire));
    for (const wire of matched) take(waiting, wire);
    if (isComplete(waiting)) return [both(waiting)];
    this.#ports.push(waiting);
    return this.#shed();
  }

  wire(item: OnWire): readonly Correlated[] {
    const waiting = this.#ports.find((port) => fitsOpen(port.item, item) || fitsSealed(port.item, item));
    if (waiting === undefined) {
      this.#wires.push(item);
      return this.#shed();
    }
    take(waiting, item);
    if (!isComplete(waiting)) return [];
    this.#ports = this.#ports.filter((port) => port !== waiting);
    return [both(waiting)];
  }

  /** What has waited for too long, at this time; all with `Infinity`. */
  expire(nowUs: number): readonly Correlated[] {
    const since = nowUs - this.#options.waitUs;
    const isOld = ({ timeUs }: { readonly timeUs: number }) => timeUs <= since;
    const ports = this.#ports.filter(({ item }) => isOld(item));
    const wires = this.#wires.filter(isOld);
    this.#ports = this.#ports.filter(({ item }) => !isOld(item));
    this.#wires = this.#wires.filter((wire) => !isOld(wire));
    return [...ports.map(alone), ...wires.map((wire): Correlated => ({ kind: 'wire', wire }))];
  }

  #shed(): readonly Correlated[] {
    const { most } = this.#options;
    const ports = this.#ports.splice(0, Math.max(0, this.#ports.length - most));
    const wires = this.#wires.splice(0, Math.max(0, this.#wires.length - most));
    return [...ports.map(alone), ...wires.map((wire): Correlated => ({ kind: 'wire', wire }))];
  }
}

function fitsOpen({ packet }: AtPort, { direction, identity }: OnWire): boolean {
  return identity !== undefined && packet.direction === direction && overlaps(packet.identity, identity);
}

/** The sealed bytes of all segments, less the headers that each but the first has of its own. */
function fitsSealed({ packet: inner }: AtPort, { packet, direction, identity }: OnWire): boolean {
  const { content, bytes, segments } = packet;
  if (identity !== undefined || !content.ok || !('sealed' in content) || direction !== inner.direction) return false;
  if (content.compression !== undefined || content.elided === true) return false;
  const layout = layoutByName(content.format);
  if (layout === undefined) return false;
  const sealed = bytes - segments * (headerLength(layout) + layout.tagLength);
  return sealed - (segments - 1) * inner.headerBytes === inner.bytes;
}

function take(waiting: WaitingPort, wire: OnWire): void {
  waiting.wire.push(wire);
  const { from, to } = waiting.item.packet.identity;
  // What is sealed was matched whole.
  const own = wire.identity ?? { from, to };
  waiting.covered += Math.max(0, Math.min(own.to, to) - Math.max(own.from, from));
}

function isComplete({ item, covered }: WaitingPort): boolean {
  const { from, to } = item.packet.identity;
  return covered >= to - from;
}

function alone(waiting: WaitingPort): Correlated {
  return waiting.wire.length > 0 ? both(waiting) : { kind: 'port', port: waiting.item };
}

function both({ item: port, wire }: WaitingPort): Correlated {
  const sorted = [...wire].sort((a, b) => a.timeUs - b.timeUs);
  const [first] = sorted;
  const wireUs = first?.timeUs ?? port.timeUs;
  const betweenUs = port.packet.direction === 'out' ? wireUs - port.timeUs : port.timeUs - wireUs;
  return { kind: 'both', port, wire: sorted, by: first?.identity === undefined ? 'size' : 'content', betweenUs };
}
