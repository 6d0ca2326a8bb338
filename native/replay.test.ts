/** A packet that was captured before a restart, sent again after it: as unwelcome as if there had been none. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encode } from '../wire/codec.ts';
import { layoutByName } from '../wire/formats/index.ts';
import { type EngineCounters, type EngineOptions, loadNative } from './index.ts';

const native = loadNative();
/** Below the ports that kernels give out, and those of the other tests here. */
const udpPort = 12_000 + (process.pid % 2000) * 2;
const options: EngineOptions = {
  workers: 1,
  udpPort,
  substrateAddresses: ['127.0.0.1'],
  sourcePorts: 1,
  offloads: { udpGso: 'auto', udpGro: 'auto', tso: 'auto', uso: 'auto' },
  foreign: { vxlan: false, geneve: false },
  firstPacket: { queueBytes: 1 << 20, packetsPerAddress: 16, deadlineMs: 1000 },
};
const secret = () => new Uint8Array(32).fill(9);
const salt = () => new Uint8Array(4).fill(3);

/** An inner packet of no protocol that anybody knows: it is looked at, and goes nowhere. */
function sealed(sequence: bigint): Uint8Array {
  const layout = layoutByName('gni 3.0');
  if (layout === undefined) throw new Error('no such format');
  const inner = new Uint8Array(40);
  inner.set([0x45, 0, 0, 40, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 2, 10, 0, 0, 1]);
  const header = { destinationGni: 7, sourceGni: 7, protocol: 4, partialChecksum: false, sequence };
  return encode(layout, header, inner, { cipher: 'aes-256-gcm', secret: secret(), salt: salt(), id: 5 });
}

describe('a receiver that was restarted', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'weft-native-replay-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** What an engine counts of the packets, one after the other. */
  async function receive(packets: readonly Uint8Array[], states: string): Promise<EngineCounters['drops']> {
    const engine = native.createEngine({ ...options, keyStates: join(folder, states) }, () => {});
    const peer = createSocket('udp4');
    try {
      engine.apply({
        keys: [{ key: 1, use: 'open', cipher: 'aes-256-gcm', secret: secret(), salt: salt(), id: 5, epoch: 1 }],
        peers: [
          {
            ...{ peer: 1, address: '127.0.0.2', encapsulations: [{ format: 'gni 3.0', key: 1 }] },
            ...{ send: undefined, accept: [0], pathMtu: 1500 },
          },
        ],
      });
      peer.bind(0, '127.0.0.2');
      await once(peer, 'listening');
      for (const packet of packets) peer.send(packet, udpPort, '127.0.0.1');
      const all = () => Object.values(engine.counters().drops).reduce((sum, count) => sum + count, 0);
      await expect.poll(all, { interval: 5 }).toBe(packets.length);
      return engine.counters().drops;
    } finally {
      peer.close();
      engine.stop();
    }
  }

  it('refuses what came before, takes what did not, and would take all of it without its states', async () => {
    const [old, fresh] = [sealed(5n), sealed(6n)];
    expect(await receive([old], 'states')).toMatchObject({ replayed: 0, 'bad-tag': 0 });
    expect(await receive([old, fresh, fresh], 'states')).toMatchObject({ replayed: 2, 'bad-tag': 0 });
    expect(await receive([old, fresh], 'others')).toMatchObject({ replayed: 0, 'bad-tag': 0 });
  });
});
