/**
 * One host whose table holds as many mappings as it is told: the engine, and the fast path where it is wanted, by the
 * native door, without agent and controller. Runs inside a host's network namespace.
 *
 *   input    COUNT                                 mappings beside the one of the other guest; never fewer than before
 *   answer   {"mappings":COUNT,"ms":…}             how long the native calls took
 *
 * Ends when its input does.
 */
import { createInterface } from 'node:readline';
import { LinuxDevices } from '../../agent/ports/devices.ts';
import { newInterface, planInterface } from '../../agent/ports/interface.ts';
import { netnsPath } from '../../lab/netns.ts';
import { ipBatch } from '../../lab/run.ts';
import { type ForwardingChange, loadNative, type NativeAddon } from '../../native/index.ts';
import { derivedMac } from '../../wire/ethernet.ts';
import { ports } from '../../wire/limits.ts';

export interface HostSetup {
  readonly executor: 'engine' | 'tc';
  readonly substrate: { readonly own: string; readonly peer: string };
  readonly overlay: { readonly own: string; readonly peer: string };
  /** Namespace of the guest. */
  readonly guest: string;
  /** On a bpffs, or where one can be mounted. */
  readonly directory: string;
}

const gni = 7;
const prefix = '10.128.0.0/9';
const mtu = 1400;
const port = 1;
/** Half of the prefix, far from the guests. */
const firstMapping = (10 << 24) | (192 << 16);
/** So many in one change: more at once only need more memory here. */
const batch = 50_000;

const setup = JSON.parse(process.argv[2] ?? '') as HostSetup;
const apply = await open(loadNative(), setup);
let loaded = 0;
console.log(JSON.stringify({ mappings: 0, ms: 0 }));
for await (const line of createInterface({ input: process.stdin })) {
  const wanted = Number(line);
  let ms = 0;
  while (loaded < wanted) {
    const count = Math.min(batch, wanted - loaded);
    const change = { mappings: mappings(loaded, count) };
    const began = performance.now();
    apply(change);
    ms += performance.now() - began;
    loaded += count;
  }
  console.log(JSON.stringify({ mappings: loaded, ms }));
}
process.exit(0);

type Apply = (change: ForwardingChange) => void;

async function open(
  native: NativeAddon,
  { executor, substrate, overlay, guest, directory }: HostSetup,
): Promise<Apply> {
  const udpPort = ports.data;
  const foreign = { vxlan: false, geneve: false };
  const auto = { udpGso: 'auto', udpGro: 'auto', tso: 'auto', uso: 'auto' } as const;
  const engine = native.createEngine(
    {
      ...{ workers: 2, udpPort, substrateAddresses: [substrate.own], sourcePorts: 2, offloads: auto, foreign },
      firstPacket: { queueBytes: 1 << 20, packetsPerAddress: 16, deadlineMs: 1000 },
    },
    () => {},
  );
  const format = { format: 'gni 1.0' } as const;
  const both: ForwardingChange = {
    networks: [{ gni, prefixes: [prefix] }],
    ports: [{ port, gni, addresses: [overlay.own] }],
    peers: [{ peer: 1, address: substrate.peer, encapsulations: [format], send: 0, accept: [0], pathMtu: 1500 }],
    mappings: [{ gni, address: overlay.peer, peer: 1 }],
  };
  engine.apply(both);
  const wish = { addresses: [`${overlay.own}/9`], routes: [prefix], mtu };
  if (executor === 'engine') {
    engine.openPort({ port, netnsPath: netnsPath(guest), interfaceName: 'weft0', mtu });
    await ipBatch(planInterface(wish, newInterface), guest);
    return (change) => engine.apply(change);
  }
  const mac = derivedMac(overlay.own);
  const devices = new LinuxDevices('bench');
  await devices.ensure(guest, { kind: 'veth', found: undefined, netnsPath: netnsPath(guest), mac, mtu });
  const { device, engineDevice } = devices.names(guest);
  engine.openPort({ port, netnsPath: '/proc/self/ns/net', interfaceName: engineDevice, mtu });
  const sizes = { locations: 1 << 21, peers: 64, pairs: 64 };
  const fast = native.createFastPath(
    { mode: 'tc', directory, udpPort, substrateAddresses: [substrate.own], foreign, sizes, flowSampling: 0 },
    () => {},
  );
  fast.apply(both);
  fast.openPort({ port, kind: 'veth', device, engineDevice, mac });
  fast.takeOver();
  await ipBatch(planInterface({ ...wish, ethernet: { mac } }, newInterface), guest);
  // What is timed is the fast path's table; the engine beside it needs the same mappings for nothing here.
  return (change) => fast.apply(change);
}

function mappings(from: number, count: number): NonNullable<ForwardingChange['mappings']> {
  return Array.from({ length: count }, (_, at) => {
    const number = firstMapping + from + at;
    const address = [24, 16, 8, 0].map((shift) => (number >>> shift) & 0xff).join('.');
    return { gni, address, peer: 1 };
  });
}
