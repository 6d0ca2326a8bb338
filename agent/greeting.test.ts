/** What an agent lets go of so that its Hello fits into a message. */
import { describe, expect, it } from 'vitest';
import { noKeys, plainSession, type Session } from '../wire/control.ts';
import { encodeAgentMessage } from '../wire/control-encode.ts';
import { limits } from '../wire/limits.ts';
import { findSurplus } from './greeting.ts';
import { Desired } from './state/desired.ts';

const text = 'gni 3.0 +chacha20-poly1305 +zstd +ip-elision #1763700000.1763700000';

function session(peer: string, pairs: number): Session {
  const terms = (i: number) => ({
    ...{ gni: 7, own: `2001:db8::${(i + 1).toString(16)}`, theirs: '2001:db8:1::1' },
    ...{ send: text, accept: [text], none: false },
  });
  return {
    ...{ peer, address: '198.18.0.9', udpPort: 6741, send: text, accept: [text], generation: 1, reasons: [] },
    ...plainSession,
    pairs: Array.from({ length: pairs }, (_, i) => terms(i)),
  };
}

function holding(...sessions: readonly Session[]): Desired {
  const desired = new Desired();
  for (const body of sessions) {
    desired.set({ name: { type: 'session', key: body.peer }, version: 'v', body: { type: 'session', ...body } });
  }
  return desired;
}

function helloBytes(sessions: readonly Session[]): number {
  const held = sessions.map((body) => ({
    name: { type: 'session', key: body.peer } as const,
    version: 'v'.repeat(16),
  }));
  return encodeAgentMessage(1, {
    ...{ kind: 'hello', host: 'a', instance: 'i', epoch: 1, agentVersion: '1', udpPort: 6741, keys: noKeys },
    substrateAddresses: [],
    capabilities: { formats: [], features: [], offloads: [], executors: [], ports: [], problems: [] },
    assets: {
      ...{ kernel: '', operatingSystem: '', architecture: '', cpus: 1, cpuModel: '', memoryBytes: 0 },
      ...{ nics: [], labels: {} },
    },
    held: held.map((each, i) => ({ ...each, session: sessions[i] as Session })),
  }).length;
}

describe('a greeting', () => {
  it('names everything that fits', () => {
    const sessions = Array.from({ length: 500 }, (_, i) => session(`h${i}`, 1));
    expect(findSurplus(holding(...sessions))).toEqual({ sessions: [], mappings: [] });
  });

  it('leaves out the sessions with the most pairs of guests when all together do not fit', () => {
    const many = Array.from({ length: 10 }, (_, i) => session(`many-${i}`, limits.pairsPerSession));
    const few = Array.from({ length: 100 }, (_, i) => session(`few-${i}`, 2));
    expect(helloBytes([...many, ...few])).toBeGreaterThan(limits.controlMessageBytes);
    const surplus = new Set(findSurplus(holding(...many, ...few)).sessions);
    expect([...surplus].every((peer) => peer.startsWith('many'))).toBe(true);
    const named = [...many, ...few].filter(({ peer }) => !surplus.has(peer));
    expect(helloBytes(named)).toBeLessThan(limits.controlMessageBytes);
    expect(named.length).toBeGreaterThan(few.length);
  });

  it('leaves out the newest mappings where sessions leave no room for them', () => {
    const desired = holding(...Array.from({ length: 3 }, (_, i) => session(`many-${i}`, limits.pairsPerSession)));
    for (let i = 0; i < 9000; i++) {
      const address = `10.0.${i >> 8}.${i & 255}`;
      const body = { type: 'mapping' as const, gni: 7, address, host: 'b', guest: 'g', version: 1 };
      desired.set({ name: { type: 'mapping', key: `7/${address}` }, version: 'v', body });
    }
    const { mappings, sessions } = findSurplus(desired);
    expect(sessions).toEqual([]);
    expect(mappings.length).toBeGreaterThan(0);
    expect(mappings.at(-1)).toEqual({ gni: 7, address: '10.0.35.39' });
  });
});
