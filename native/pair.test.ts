/** A stream of bytes between two guests, and tests of their session, in every encapsulation (drawn in pair.ts). */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineCounters } from './index.ts';
import { left, putUp, right, runIn, type Session, takeDown, withEngines } from './pair.ts';

const isRoot = process.getuid?.() === 0;

const serverScript = `
  import { createHash } from 'node:crypto';
  import { createServer } from 'node:net';
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const hash = createHash('sha256');
    socket.on('data', (bytes) => hash.update(bytes));
    socket.on('end', () => { socket.end(hash.digest('hex')); server.close(); });
  });
  server.listen(5000, '${right.overlay}', () => console.log('listening'));`;

/** Half of it can be compressed. */
const clientScript = `
  import { createHash, randomBytes } from 'node:crypto';
  import { connect } from 'node:net';
  const bytes = Buffer.concat([randomBytes(4 << 20), Buffer.alloc(4 << 20, 'weft ')]);
  const socket = connect({ port: 5000, host: '${right.overlay}' });
  socket.end(bytes);
  let answer = '';
  socket.on('data', (piece) => { answer += piece; });
  socket.on('close', () => console.log(answer === createHash('sha256').update(bytes).digest('hex') ? 'same' : 'different'));`;

async function transfer(): Promise<string> {
  const server = runIn(right.guest, serverScript);
  try {
    if (server.stdout !== null) await once(server.stdout, 'data');
    const args = ['netns', 'exec', left.guest, process.execPath, '--input-type=module', '-e', clientScript];
    return spawnSync('ip', args, { encoding: 'utf8', timeout: 8000 }).stdout.trim();
  } finally {
    server.kill();
  }
}

const total = (drops: EngineCounters['drops']): number => Object.values(drops).reduce((sum, count) => sum + count, 0);

describe.runIf(isRoot)('two engines', () => {
  beforeAll(putUp);
  afterAll(takeDown);

  const cases: readonly [string, Session][] = [
    ['gni 2.0 with elided headers', { as: { format: 'gni 2.0', elision: true } }],
    ['gni 2.0 with LZ4', { as: { format: 'gni 2.0', compression: 'lz4' } }],
    ['gni 3.0 with AES-256-GCM', { as: { format: 'gni 3.0' } }],
    ['gni 3.0 with ChaCha20-Poly1305', { as: { format: 'gni 3.0' }, cipher: 'chacha20-poly1305' }],
    ['gni 3.0 with all of it', { as: { format: 'gni 3.0', compression: 'zstd', elision: true } }],
    ['vxlan', { as: { format: 'vxlan' } }],
    ['geneve', { as: { format: 'geneve' } }],
    ['gni6', { as: { format: 'gni6' } }],
  ];
  it.each(cases)('carry a stream in %s, and lose nothing', async (_name, session) => {
    await withEngines(session, async (engines) => {
      expect(await transfer()).toBe('same');
      let superPackets = 0;
      for (const engine of engines) {
        const counters = await engine.counters();
        expect(total(counters.drops) - counters.drops['not-unicast']).toBe(0);
        const sealed = counters.keys.map((key) => key.packets);
        const carried = [counters.peers[0]?.out.packets, counters.peers[0]?.in.packets];
        expect(sealed).toEqual(session.as.format === 'gni 3.0' ? carried : []);
        superPackets += counters.batching.superPacketsIn + counters.batching.superPacketsOut;
      }
      expect(superPackets).toBeGreaterThan(0);
    });
  });

  const tested: readonly [string, Session][] = [
    ...cases,
    ['gni 1.0', { as: { format: 'gni 1.0' } }],
    ['gni 1.0 over IPv6', { as: { format: 'gni 1.0' }, family: 6 }],
    ['vxlan over IPv6', { as: { format: 'vxlan' }, family: 6 }],
    ['gni 3.0 over IPv6', { as: { format: 'gni 3.0', elision: true }, family: 6 }],
  ];
  it.each(tested)('test their session in %s, and no guest sees it', async (_name, session) => {
    await withEngines(session, async (engines) => {
      let id = 1;
      for (const engine of engines) {
        for (const [packets, partialChecksum] of [
          [1, false],
          [1, true],
          [8, false],
          [8, true],
        ] as const) {
          const test = { peer: 1, id: id++, innerLength: 1300, packets, partialChecksum };
          expect(await engine.test(test)).toEqual({ kind: 'tested', peer: 1, id: test.id, intact: packets });
        }
      }
      for (const engine of engines) {
        const { drops, ports } = await engine.counters();
        expect(total(drops) - drops['not-unicast']).toBe(0);
        expect(ports[0]?.in.packets).toBe(0);
      }
    });
  });
});
