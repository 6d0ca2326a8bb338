import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PathMeasurement, untested } from '../../wire/control.ts';
import { FakeClock } from '../fake-clock.ts';
import { type EchoReply, type Icmp, internetChecksum } from './icmp.ts';
import { initialPath, lostPercent, type PathEffect, type PathState, roundTripUs, stepPath } from './path.ts';
import { Prober } from './prober.ts';

interface Path {
  readonly mtu: number;
  readonly tripUs?: number;
  /** Loses the packet whose number, from 1, it answers true for. */
  readonly loses?: (packet: number) => boolean;
}

/** Plays whole rounds over a path; answers the packets that each round took. */
function play(state: PathState, path: Path, rounds: number): { state: PathState; packets: number[] } {
  let now = state;
  let sent = 0;
  const packets: number[] = [];
  for (let round = 0; round < rounds; round++) {
    let effects: readonly PathEffect[];
    [now, effects] = stepPath(now, { kind: 'round' });
    let count = 0;
    for (let effect = effects[0]; effect?.kind === 'probe'; effect = effects[0]) {
      count++;
      sent++;
      const passes = effect.size <= path.mtu && path.loses?.(sent) !== true;
      const { token } = effect;
      [now, effects] = stepPath(
        now,
        passes ? { kind: 'answer', token, roundTripUs: path.tripUs ?? 300 } : { kind: 'lost', token },
      );
    }
    packets.push(count);
  }
  return { state: now, packets };
}

describe('a path', () => {
  it('as wide as the device takes two packets a round', () => {
    const { state, packets } = play(initialPath(1500), { mtu: 1500 }, 3);
    expect(state.pathMtu).toBe(1500);
    expect(packets).toEqual([2, 2, 2]);
  });

  it('of any width is found to the byte', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1280, max: 9000 }), (mtu) => {
        const { state, packets } = play(initialPath(9000), { mtu }, 1);
        expect(state.pathMtu).toBe(mtu);
        expect(packets[0]).toBeLessThan(50);
      }),
    );
  });

  it('narrower than every path must be is not known', () => {
    expect(play(initialPath(1500), { mtu: 1000 }, 1).state.pathMtu).toBe(0);
  });

  it('that gets narrower, and wide again, is noticed', () => {
    const wide = play(initialPath(1500), { mtu: 1500 }, 1).state;
    const narrow = play(wide, { mtu: 1400 }, 1).state;
    expect(narrow.pathMtu).toBe(1400);
    // The device's size is hoped for again every sixth round.
    expect(play(narrow, { mtu: 1500 }, 6).state.pathMtu).toBe(1500);
  });

  it('that loses every fourth packet keeps its width', () => {
    const { state } = play(initialPath(1500), { mtu: 1500, loses: (packet) => packet % 4 === 0 }, 40);
    expect(state.pathMtu).toBe(1500);
    expect(lostPercent(state)).toBeGreaterThan(0);
  });

  it('without any answer keeps what was known and shows the loss', () => {
    const before = play(initialPath(1500), { mtu: 1450 }, 1).state;
    const { state, packets } = play(before, { mtu: 1450, loses: () => true }, 20);
    expect(state.pathMtu).toBe(1450);
    expect(lostPercent(state)).toBe(100);
    expect(Math.max(...packets)).toBe(1);
  });

  it('tells the median round trip, not the mean', () => {
    let { state } = play(initialPath(1500), { mtu: 1500, tripUs: 200 }, 4);
    state = play(state, { mtu: 1500, tripUs: 90_000 }, 1).state;
    expect(roundTripUs(state)).toBe(200);
  });

  it('takes no notice of late answers', () => {
    const [state] = stepPath(initialPath(1500), { kind: 'round' });
    const [lost] = stepPath(state, { kind: 'lost', token: 1 });
    expect(stepPath(lost, { kind: 'answer', token: 1, roundTripUs: 5 })).toEqual([lost, []]);
  });
});

class FakeIcmp implements Icmp {
  readonly clock: FakeClock;
  readonly sent: { address: string; sequence: number; size: number }[] = [];
  mtu = 1500;
  listener: (reply: EchoReply) => void = () => undefined;

  constructor(clock: FakeClock) {
    this.clock = clock;
  }

  send(address: string, sequence: number, size: number, failed: (why: string) => void): void {
    this.sent.push({ address, sequence, size });
    if (size > 9000) this.clock.after(0, () => failed('EMSGSIZE'));
    else if (size <= this.mtu) {
      this.clock.after(2, () => this.listener({ sequence, address, atUs: this.nowUs() }));
    }
  }

  onReply(listener: (reply: EchoReply) => void): void {
    this.listener = listener;
  }

  nowUs(): number {
    return this.clock.now() * 1000;
  }

  close(): void {
    this.listener = () => undefined;
  }
}

describe('the prober', () => {
  function open() {
    const clock = new FakeClock();
    const icmp = new FakeIcmp(clock);
    const measured: PathMeasurement[] = [];
    const prober = new Prober({
      clock,
      icmp,
      intervalMs: 1000,
      random: () => 0.5,
      onMeasured: (one) => measured.push(one),
    });
    return { clock, icmp, measured, prober };
  }

  it('measures a peer at once and then every interval', () => {
    const { clock, measured, prober } = open();
    prober.watch('b', '198.18.0.2', 1500);
    clock.advance(100);
    expect(measured).toEqual([
      { peer: 'b', address: '198.18.0.2', pathMtu: 1500, roundTripUs: 2000, lostPercent: 0, ...untested },
    ]);
    clock.advance(3000);
    expect(measured).toHaveLength(4);
    expect(prober.measurement('b')?.pathMtu).toBe(1500);
  });

  it('finds a path narrower than the device', () => {
    const { clock, icmp, measured, prober } = open();
    icmp.mtu = 1400;
    prober.watch('b', '198.18.0.2', 1500);
    clock.advance(30_000);
    expect(measured.at(-1)?.pathMtu).toBe(1400);
  });

  it('does not wait for a packet that the kernel would not send', () => {
    const { clock, icmp, measured, prober } = open();
    icmp.mtu = 9000;
    prober.watch('b', '198.18.0.2', 9100);
    clock.advance(200);
    expect(measured.at(-1)?.pathMtu).toBe(9000);
  });

  it('stops with the session, and starts anew when the peer has another address', () => {
    const { clock, icmp, prober } = open();
    prober.watch('b', '198.18.0.2', 1500);
    prober.watch('b', '198.18.0.2', 1500);
    clock.advance(100);
    prober.watch('b', '198.18.0.3', 1500);
    expect(prober.measurement('b')).toBeUndefined();
    clock.advance(100);
    expect(icmp.sent.at(-1)?.address).toBe('198.18.0.3');
    prober.forget('b');
    const { length } = icmp.sent;
    clock.advance(60_000);
    expect(icmp.sent.length).toBe(length);
  });

  it('takes an answer only from the address that was asked', () => {
    const { clock, icmp, measured, prober } = open();
    icmp.mtu = 0;
    prober.watch('b', '198.18.0.2', 1500);
    clock.advance(35);
    const { sequence } = icmp.sent[0] ?? { sequence: -1 };
    icmp.listener({ sequence, address: '198.18.0.66', atUs: icmp.nowUs() });
    clock.advance(1500);
    expect(measured[0]).toMatchObject({ roundTripUs: 0, lostPercent: 100, pathMtu: 0 });
  });
});

describe('the ICMP checksum', () => {
  it('is that of RFC 1071', () => {
    expect(internetChecksum(Uint8Array.of(0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7))).toBe(0x220d);
    expect(internetChecksum(Uint8Array.of(0xff))).toBe(0x00ff);
  });
});
