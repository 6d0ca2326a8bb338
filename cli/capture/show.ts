/** What a running capture shows, writes and counts. */
import type { Output } from '../output.ts';
import type { Correlated, Correlator } from './correlate.ts';
import type { LinkType } from './frame.ts';
import { type CapturedPacket, decodeFrame } from './packet.ts';
import type { PcapngFile } from './pcapng.ts';
import { decodePortFrame } from './port.ts';
import {
  correlatedJson,
  correlatedLines,
  packetComment,
  packetJson,
  packetLines,
  portJson,
  portLine,
} from './print.ts';
import type { CapturedFrame, CaptureStart, Heard } from './records.ts';
import { concerns, identityInside, type Wanted } from './substrate.ts';
import type { Guest } from './taps.ts';

export type Side = 'port' | 'wire';
type Frame = CapturedFrame & { readonly linkType: LinkType };

export interface ShowOptions {
  readonly output: Pick<Output, 'line' | 'note' | 'showNext'>;
  readonly file: PcapngFile | undefined;
  /** Items, after which it is done. */
  readonly count: number;
  readonly wanted: Wanted & { readonly atPort?: ReadonlySet<string> };
  /** Whose port it is. */
  readonly guest?: Guest;
  readonly hostAddresses?: ReadonlySet<string>;
  /** Absent: each packet for itself. */
  readonly correlator?: Correlator;
}

export class Show {
  readonly #options: ShowOptions;
  readonly #interfaces = new Map<Side, number>();
  readonly #lost = new Map<Side, number>();
  readonly #heardUs = new Map<Side, number>();
  #shown = 0;
  #unjudged = 0;
  #isFull = false;
  #isBehind = false;
  /** Not brought together with another. */
  #alone = 0;

  constructor(options: ShowOptions) {
    this.#options = options;
  }

  get isDone(): boolean {
    return this.#isFull || this.#shown >= this.#options.count;
  }

  start(side: Side, { interface: name, linkType }: CaptureStart, netns: string | undefined): void {
    const { file, guest } = this.#options;
    const where = netns === undefined ? '' : ` in ${netns}`;
    const description = side === 'port' ? `port of guest ${guest?.name ?? ''}${where}` : `substrate${where}`;
    const id = file?.addInterface({ name: netns === undefined ? name : `${netns}/${name}`, description, linkType });
    if (id !== undefined) this.#interfaces.set(side, id);
  }

  heard(side: Side, { timeUs, lost: frames, behind }: Heard): void {
    this.#heardUs.set(side, timeUs);
    this.#isBehind ||= behind;
    if (frames === (this.#lost.get(side) ?? 0)) return;
    this.#lost.set(side, frames);
    const id = this.#interfaces.get(side);
    if (id !== undefined) this.#options.file?.lost(id, frames);
  }

  frame(side: Side, frame: Frame): void {
    if (side === 'port') this.#atPort(frame);
    else this.#onWire(frame);
  }

  /** Nobody is given up on before the slower of the two taps has come as far: this program may be behind as well. */
  tick(): void {
    const heard = [...this.#heardUs.values()];
    if (heard.length === 2) this.#expire(Math.min(...heard));
  }

  #expire(nowUs: number): void {
    this.#told(this.#options.correlator?.expire(nowUs) ?? []);
  }

  /** Tells what is left, and how it went. */
  end(): void {
    this.#expire(Number.POSITIVE_INFINITY);
    const { note } = this.#options.output;
    const lost = [...this.#lost.values()].reduce((sum, count) => sum + count, 0);
    note(`${this.#shown} packets, ${lost} lost`);
    if (this.#isBehind) note('packets came faster than they could be taken: more are missing');
    // libpcap's binding does not tell what the kernel's ring lost.
    if (this.#alone > 0)
      note('“not seen” is by this capture: of busy devices the kernel may leave packets out, uncounted');
    if (this.#unjudged > 0)
      note(`${this.#unjudged} sealed packets of the network could not be told apart from other guests’`);
    if (this.#isFull) note('the file is full: --size makes it larger, --files goes on in another');
  }

  #atPort(frame: Frame): void {
    const { guest, wanted, correlator } = this.#options;
    const packet = guest && decodePortFrame(frame.linkType, frame.frame, guest.addresses);
    if (guest === undefined || packet === undefined) return;
    const { source, destination, text } = packet.inner;
    if (wanted.atPort !== undefined && !wanted.atPort.has(source) && !wanted.atPort.has(destination)) return;
    const item = { timeUs: frame.timeUs, packet };
    this.#write(
      'port',
      frame,
      `${guest.name} ${packet.direction === 'out' ? 'sends' : 'gets'} ${source} → ${destination} ${text}`,
    );
    if (correlator !== undefined) {
      this.#told(correlator.port(item));
      return;
    }
    this.#print(portJson(item, guest.name), () => [portLine(item, guest.name)]);
  }

  #onWire(frame: Frame): void {
    const { wanted, correlator, hostAddresses } = this.#options;
    const packet = decodeFrame(frame.linkType, frame.frame);
    if (packet === undefined) return;
    const concerned = concerns(packet, wanted);
    if (concerned === 'no') return;
    if (correlator === undefined) {
      if (concerned === 'unknown') this.#unjudged++;
      else this.#single(frame, packet);
      return;
    }
    this.#write('wire', frame, packetComment(packet));
    const direction = hostAddresses?.has(packet.source) === true ? 'out' : 'in';
    const identity = identityInside(frame.linkType, frame.frame);
    this.#told(
      correlator.wire({ timeUs: frame.timeUs, packet, direction, ...(identity === undefined ? {} : { identity }) }),
    );
  }

  #single(frame: Frame, packet: CapturedPacket): void {
    this.#write('wire', frame, packetComment(packet));
    this.#print(packetJson(packet, frame.timeUs), () => packetLines(packet, frame.timeUs));
  }

  #told(found: readonly Correlated[]): void {
    const { guest } = this.#options;
    for (const each of found) {
      // Of another guest of the network, as likely as not.
      if (each.kind === 'wire' && each.wire.packet.content.ok && 'sealed' in each.wire.packet.content) {
        this.#unjudged++;
        continue;
      }
      if (each.kind !== 'both') this.#alone++;
      this.#print(correlatedJson(each, guest?.name ?? ''), () => correlatedLines(each, guest?.name ?? ''));
    }
  }

  #print(json: object, lines: () => readonly string[]): void {
    if (this.isDone) return;
    this.#shown++;
    const { output } = this.#options;
    output.showNext(json, () => {
      for (const line of lines()) output.line(line);
    });
  }

  #write(side: Side, frame: CapturedFrame, comment: string): void {
    const id = this.#interfaces.get(side);
    if (id === undefined || this.isDone) return;
    if (this.#options.file?.write(id, frame, comment) === false) this.#isFull = true;
  }
}
