/**
 * A guest may leave a checksum to the kernel and say where it is to be written: behind every program that has looked
 * at the packet. Here the substrate's device sums nothing itself, so that the host's kernel writes.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FastHost, type FastSide, putUpFastPair, takeDownFastPair } from './fast-pair.ts';
import type { FastPathCounters } from './index.ts';

const isRoot = process.getuid?.() === 0;

/**
 * Sends one UDP packet whose checksum is to be stored at START + OFFSET of the frame (packet(7), PACKET_VNET_HDR), as
 * VALUE: the last two bytes make the sum so.
 */
const sender = `
import socket, struct, sys
source, destination, start, offset, value = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:])
words = lambda data: sum(struct.unpack('!%dH' % (len(data) // 2), data)) % 0xffff
payload = struct.pack('!HHHH', 1111, 2222, 8 + 40, 0) + b'written-later' + bytes(27)
packet = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 20 + len(payload), 0, 0, 64, 17, 0,
                     socket.inet_aton(source), socket.inet_aton(destination)) + payload
frame = bytes.fromhex('025745465400' '02040a070001' '0800') + packet
rest = (~value - words(frame[start:])) % 0xffff
with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as out:
    out.setsockopt(263, 15, 1)
    out.bind(('weft0', 0))
    out.send(struct.pack('<BBHHHH', 1, 0, 0, 0, start, offset) + frame[:-2] + struct.pack('!H', rest))
`;

describe.runIf(isRoot)('a checksum that is written behind the fast path', () => {
  let left: FastSide;
  let right: FastSide;
  let hosts: FastHost[] = [];
  beforeAll(async () => {
    [left, right] = putUpFastPair();
    execFileSync('ip', ['netns', 'exec', left.host, 'ethtool', '-K', 's0', 'tx', 'off'], { stdio: 'ignore' });
    hosts = [await FastHost.serve(left, right), await FastHost.serve(right, left)];
  });
  afterAll(async () => {
    for (const host of hosts) await host.kill();
    takeDownFastPair([left, right]);
  });

  const send = (start: number, offset: number, value: number) =>
    execFileSync('ip', [
      ...['netns', 'exec', left.guest, 'python3', '-c', sender, left.overlay, right.overlay],
      ...[start, offset, value].map(String),
    ]);
  async function counters(): Promise<FastPathCounters> {
    const [host] = hosts;
    if (host === undefined) throw new Error('there is no host');
    return host.call('fast', 'counters');
  }

  it('is carried where it is the transport’s', async () => {
    const before = (await counters()).peers[0]?.out.packets ?? 0;
    send(34, 6, 0x1234);
    expect((await counters()).peers[0]?.out.packets).toBe(before + 1);
  });

  it('changes no address that was looked at', async () => {
    const heard = spawn('ip', ['netns', 'exec', right.guest, 'tcpdump', '-lnq', '-i', 'weft0', '-c', '1', 'udp'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    await once(heard.stderr, 'data');
    let told = '';
    heard.stdout.on('data', (chunk: Buffer) => {
      told += chunk.toString();
    });
    const before = await counters();
    send(20, 8, 0x0009); // the source would be 10.7.0.9
    send(34, 6, 0x1234);
    await once(heard, 'close');
    expect(told).toContain(`${left.overlay}.1111 > ${right.overlay}.2222`);
    const after = await counters();
    expect(after.handedOver.odd).toBe(before.handedOver.odd + 1);
    expect(after.peers[0]?.out.packets).toBe((before.peers[0]?.out.packets ?? 0) + 1);
  });
});
