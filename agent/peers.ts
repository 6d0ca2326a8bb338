/**
 * What becomes of the peers that the data plane holds: what they carried, what of theirs was refused, and
 * whether what their sessions agreed on comes through. Told to the controller as measurements and events.
 */
import { familyOf } from '../wire/address.ts';
import { type PathMeasurement, untested } from '../wire/control.ts';
import { formatOf, withKeys } from '../wire/encapsulation.ts';
import { layoutByName } from '../wire/formats/index.ts';
import { type Layout, outerOverheadLength } from '../wire/formats/layout.ts';
import type { HostState } from './apply/host.ts';
import type { Clock } from './clock.ts';
import type { PartCounters, PeerCounters } from './datapath/counters.ts';
import type { DataPath } from './datapath/datapath.ts';
import type { Journal } from './journal.ts';
import { leastMtuIpv4, leastMtuIpv6 } from './plan/mtu.ts';
import type { Prober } from './probes/prober.ts';
import { findRefusals } from './refusals.ts';
import type { TestSizes } from './selftest/machine.ts';
import { SelfTests, type TestResult } from './selftest/tests.ts';

export interface PeersOptions {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly datapath: DataPath;
  readonly host: HostState;
  /** Undefined: paths are not measured on this host. */
  readonly prober: () => Prober | undefined;
  /** There is something new to measurements. */
  readonly onChange: () => void;
}

/** The engine's bound on a test packet. */
const largestTest = 9000;

export class Peers {
  private readonly options: PeersOptions;
  private readonly tests: SelfTests;
  private counted: ReadonlyMap<string, PeerCounters['dropReasons']> = new Map();

  constructor(options: PeersOptions) {
    this.options = options;
    const { clock, journal, datapath, host, onChange } = options;
    this.tests = new SelfTests({
      clock,
      send: (peer, packet) => datapath.testSession(peer, packet),
      sizes: (peer) => this.sizes(peer),
      onWorkAround: (peer, found) => host.workAround(peer, found),
      onFound: (peer, findings, before) => {
        if (findings.join() !== before.join()) {
          journal.event('self-test', `to ${peer}: ${findings.join('; ') || 'all is well again'}`, { peer });
        }
        onChange();
      },
      onFailure: (why) => journal.error('self-test', `sessions cannot be tested: ${why}`),
    });
  }

  /** Terms or paths of these changed, or they are gone. */
  changed(names: readonly string[]): void {
    const { host } = this.options;
    for (const name of names) {
      if (!host.table.peers.has(name)) this.tests.forget(name);
      else this.tests.terms(name, this.subject(name));
    }
  }

  /** Of the engine's event. */
  tested(slot: number, id: number, intact: number): void {
    const peer = this.options.datapath.peerAt(slot);
    if (peer !== undefined) this.tests.answered(peer, id, intact);
  }

  result(peer: string): TestResult | undefined {
    return this.tests.result(peer);
  }

  /** Of every peer that the data plane holds and whose path was measured, or that nobody measures here. */
  measurements(): PathMeasurement[] {
    const { datapath, host, prober } = this.options;
    const { peers } = datapath.counters();
    const ready = [...host.table.peers.values()].filter(({ host: name }) => this.isMeasured(name));
    return ready.map(({ host: name, address }) => {
      const counters = peers.get(name);
      return {
        ...{ peer: name, address, pathMtu: 0, roundTripUs: 0, lostPercent: 0, ...untested },
        ...prober()?.measurement(name),
        ...(counters === undefined ? {} : trafficOf(counters)),
        ...this.result(name),
      };
    });
  }

  /** Taken every 10 s: what of each peer was refused since the last time. */
  look(): void {
    const { datapath, journal, onChange } = this.options;
    const { peers } = datapath.counters();
    const reasons = new Map([...peers].map(([peer, { dropReasons }]) => [peer, dropReasons]));
    const { counted, events } = findRefusals(this.counted, reasons);
    this.counted = counted;
    for (const { peer, detail } of events) journal.event('packets-refused', detail, { peer });
    if (peers.size > 0) onChange();
  }

  close(): void {
    this.tests.close();
  }

  private isMeasured(peer: string): boolean {
    const prober = this.options.prober();
    return prober === undefined || prober.measurement(peer) !== undefined;
  }

  /** Another key changes nothing that is tested; another path does. A host without an agent answers no test. */
  private subject(peer: string): string | undefined {
    const { host } = this.options;
    if (!host.hasAgent(peer)) return undefined;
    const send = host.inForce(peer)?.send;
    return send === undefined ? undefined : `${withKeys(send, undefined)} over ${host.measuredMtu(peer)}`;
  }

  /** Not before the path was measured: what a narrow one loses is no fault of the session. */
  private sizes(peer: string): TestSizes | undefined {
    const { host } = this.options;
    const send = host.inForce(peer)?.send;
    const address = host.table.peers.get(peer)?.address;
    const layout: Layout | undefined = send === undefined ? undefined : layoutByName(formatOf(send));
    if (layout === undefined || address === undefined || !this.isMeasured(peer)) return undefined;
    const isIpv6 = familyOf(address) === 6;
    const overhead = outerOverheadLength(layout, isIpv6 ? 6 : 4);
    return {
      full: Math.min(host.pathMtu(peer) - overhead, largestTest),
      least: (isIpv6 ? leastMtuIpv6 : leastMtuIpv4) - overhead,
      overhead,
      partial: layout.fields.some(({ role }) => role === 'partialChecksum'),
    };
  }
}

function trafficOf({ out, in: received, drops }: Pick<PartCounters, 'out' | 'in' | 'drops'>) {
  return {
    packetsOut: out.packets,
    bytesOut: out.bytes,
    packetsIn: received.packets,
    bytesIn: received.bytes,
    drops,
  };
}
