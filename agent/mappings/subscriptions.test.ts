import { describe, expect, it } from 'vitest';
import type { MappingName } from '../../wire/control.ts';
import { FakeClock } from '../fake-clock.ts';
import { Subscriptions } from './subscriptions.ts';

const name = (n: number, gni = 7): MappingName => ({ gni, address: `10.0.0.${n}` });

class World {
  readonly clock = new FakeClock();
  readonly sent: string[] = [];
  readonly dropped: string[] = [];
  readonly gnis = new Set([7]);
  connected = true;
  full = 0;
  readonly subscriptions: Subscriptions;

  constructor(most = 100) {
    this.subscriptions = new Subscriptions({
      clock: this.clock,
      deadlineMs: 2000,
      most,
      send: (wanted, unwanted) => {
        if (!this.connected) return false;
        const words = [...wanted.map(({ address }) => `+${address}`), ...unwanted.map(({ address }) => `-${address}`)];
        this.sent.push(words.join(' '));
        return true;
      },
      drop: (names) => this.dropped.push(...names.map(({ address }) => address)),
      hasGuestIn: (gni) => this.gnis.has(gni),
      full: () => {
        this.full++;
      },
    });
  }
}

describe('subscriptions', () => {
  it('asks once for an address, however many packets miss it, and for many together', () => {
    const world = new World();
    world.subscriptions.miss(name(1));
    world.subscriptions.miss(name(1));
    world.subscriptions.miss(name(2));
    world.clock.advance(1);
    expect(world.sent).toEqual(['+10.0.0.1 +10.0.0.2']);
  });

  it('asks again until the deadline, then lets go and says so', () => {
    const world = new World();
    world.subscriptions.miss(name(1));
    world.clock.advance(1999);
    expect(world.sent.length).toBeGreaterThan(2);
    expect(new Set(world.sent)).toEqual(new Set(['+10.0.0.1']));
    world.clock.advance(500);
    expect(world.sent.at(-1)).toBe('-10.0.0.1');
    const { length } = world.sent;
    world.clock.advance(60_000);
    expect(world.sent.length).toBe(length);
  });

  it('goes on asking while the data plane tells that packets still wait', () => {
    const world = new World();
    for (let told = 0; told < 5; told++) {
      world.subscriptions.miss(name(1));
      world.clock.advance(1999);
    }
    expect(new Set(world.sent)).toEqual(new Set(['+10.0.0.1']));
    expect(world.subscriptions.arrived(name(1), false)).toBe(true);
  });

  it('lets go of what arrives without having been asked for, so that its changes are not told', () => {
    const world = new World();
    expect(world.subscriptions.arrived(name(5), false)).toBe(false);
    world.clock.advance(1);
    expect(world.sent).toEqual(['-10.0.0.5']);
  });

  it('goes on asking when an older answer is withdrawn meanwhile', () => {
    const world = new World();
    world.subscriptions.miss(name(1));
    world.clock.advance(1);
    world.subscriptions.withdrawn(name(1));
    expect(world.subscriptions.arrived(name(1), false)).toBe(true);
    world.subscriptions.withdrawn(name(1));
    expect(world.subscriptions.arrived(name(1), false)).toBe(false);
  });

  it('keeps an answer and stops asking', () => {
    const world = new World();
    world.subscriptions.miss(name(1));
    world.clock.advance(1);
    expect(world.subscriptions.arrived(name(1), false)).toBe(true);
    world.clock.advance(3_600_000);
    expect(world.sent).toEqual(['+10.0.0.1']);
    expect(world.dropped).toEqual([]);
  });

  it('does not keep what was not asked for, or was let go of', () => {
    const world = new World();
    expect(world.subscriptions.arrived(name(1), false)).toBe(false);
    world.subscriptions.miss(name(2));
    world.clock.advance(3000);
    expect(world.subscriptions.arrived(name(2), false)).toBe(false);
  });

  it('forgets after 30 seconds that an address is nowhere, and asks again at the next miss', () => {
    const world = new World();
    world.subscriptions.miss(name(1));
    world.clock.advance(1);
    world.subscriptions.arrived(name(1), true);
    world.clock.advance(29_000);
    expect(world.dropped).toEqual([]);
    world.clock.advance(2000);
    expect(world.dropped).toEqual(['10.0.0.1']);
    expect(world.sent.at(-1)).toBe('-10.0.0.1');
    world.subscriptions.miss(name(1));
    world.clock.advance(1);
    expect(world.sent.at(-1)).toBe('+10.0.0.1');
  });

  it('keeps an address that was nowhere and came to be somewhere', () => {
    const world = new World();
    world.subscriptions.miss(name(1));
    world.subscriptions.arrived(name(1), true);
    world.clock.advance(20_000);
    world.subscriptions.arrived(name(1), false);
    world.clock.advance(60_000);
    expect(world.dropped).toEqual([]);
  });

  it('asks nothing for a network without a guest here, and lets go when the last guest leaves', () => {
    const world = new World();
    world.subscriptions.miss(name(1, 8));
    world.subscriptions.miss(name(2));
    world.clock.advance(1);
    world.subscriptions.arrived(name(2), false);
    expect(world.sent).toEqual(['+10.0.0.2']);
    world.gnis.delete(7);
    world.subscriptions.guestsChanged();
    world.clock.advance(1);
    expect(world.dropped).toEqual(['10.0.0.2']);
    expect(world.sent.at(-1)).toBe('-10.0.0.2');
  });

  it('asks when a session comes up for what was missed without one', () => {
    const world = new World();
    world.connected = false;
    world.subscriptions.miss(name(1));
    world.clock.advance(600);
    world.connected = true;
    world.subscriptions.greeting();
    world.subscriptions.connected();
    world.clock.advance(1);
    expect(world.sent).toEqual(['+10.0.0.1']);
  });

  it('tells after the greeting what was let go of since, and nothing from before it', () => {
    const world = new World();
    const held = [1, 2].map((n) => ({ name: name(n), nowhere: true }));
    world.subscriptions.restore(held.slice(0, 1));
    world.connected = false;
    world.clock.advance(15_000);
    world.subscriptions.restore(held.slice(1));
    world.clock.advance(16_000); // the first one expires
    world.subscriptions.greeting();
    world.clock.advance(16_000); // the second one expires
    world.connected = true;
    world.subscriptions.connected();
    world.clock.advance(1);
    expect(world.dropped).toEqual(['10.0.0.1', '10.0.0.2']);
    expect(world.sent).toEqual(['-10.0.0.2']);
  });

  it('is bounded: what is nowhere makes room, else the miss is left alone and said once a minute', () => {
    const world = new World(2);
    world.subscriptions.miss(name(1));
    world.subscriptions.miss(name(2));
    world.subscriptions.arrived(name(1), true);
    world.clock.advance(1);
    world.subscriptions.miss(name(3));
    world.clock.advance(1);
    expect(world.dropped).toEqual(['10.0.0.1']);
    expect(world.sent.at(-1)).toBe('+10.0.0.3 -10.0.0.1');
    world.subscriptions.miss(name(4));
    world.subscriptions.miss(name(5));
    expect(world.full).toBe(1);
  });
});
