/**
 * Two hosts with two pairs of guests, and a controller in which every message is a step of its own. A search over
 * thousands of orders, with restarts in between, holds every pair to the invariant, also while its terms come,
 * change and become the rest's again.
 */
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../seeded-random.ts';
import {
  deriveSessionTerms,
  type GuestDecision,
  type GuestPair,
  noSessionTerms,
  pairKey,
  type SessionTerms,
  type Stopped,
  seenFromPeer,
  stoppedBetween,
  termsOfPair,
  type WholeFacts,
} from './sessions-guests.ts';

type Name = 'a' | 'b';
const names = ['a', 'b'] as const;
const other = { a: 'b', b: 'a' } as const;
/** As host a sees them. */
const pairs: readonly GuestPair[] = [
  { gni: 1, own: '10.0.0.1', theirs: '10.0.0.9' },
  { gni: 2, own: '10.0.0.1', theirs: '10.0.0.9' },
];
const seenBy = (name: Name, pair: GuestPair) => (name === 'a' ? pair : seenFromPeer(pair));

interface SimulatedHost {
  inForce: SessionTerms;
  connected: boolean;
  updates: SessionTerms[];
  acknowledgements: SessionTerms[];
}

class World {
  readonly hosts: Record<Name, SimulatedHost> = { a: newHost(), b: newHost() };
  facts: Record<Name, WholeFacts | undefined> = { a: undefined, b: undefined };
  /** What is selected for everything, and for pairs in its place; both directions alike. */
  rest: string | undefined = 'x';
  readonly own = new Map<GuestPair, string | undefined>();

  connect(name: Name): void {
    this.disconnect(name);
    this.hosts[name].connected = true;
    this.facts[name] = { acknowledged: this.hosts[name].inForce, underWay: [], stopped: [] };
  }

  disconnect(name: Name): void {
    Object.assign(this.hosts[name], { connected: false, updates: [], acknowledgements: [] });
  }

  restartController(): void {
    for (const name of names) this.disconnect(name);
    this.facts = { a: undefined, b: undefined };
  }

  derive(name: Name): boolean {
    const own = this.facts[name];
    if (own === undefined || !this.hosts[name].connected) return false;
    const decision = (selected: string | undefined) => ({ outgoing: { selected }, incoming: { selected } });
    const guests = [...this.own].map(
      ([pair, selected]): GuestDecision => ({ ...seenBy(name, pair), ...decision(selected), isNew: false }),
    );
    const terms = deriveSessionTerms({ own, peer: this.facts[other[name]], ...decision(this.rest), guests });
    if (textOf(own.underWay.at(-1) ?? own.acknowledged) === textOf(terms)) return false;
    this.hosts[name].updates.push(terms);
    this.facts[name] = { ...own, underWay: [...own.underWay, terms] };
    return true;
  }

  arrive(name: Name): boolean {
    const host = this.hosts[name];
    const terms = host.updates.shift();
    if (terms === undefined) return false;
    host.inForce = terms;
    host.acknowledgements.push(terms);
    return true;
  }

  acknowledge(name: Name): boolean {
    const [terms, facts] = [this.hosts[name].acknowledgements.shift(), this.facts[name]];
    if (terms === undefined || facts === undefined) return false;
    const stopped: readonly Stopped[] = [...facts.stopped, ...stoppedBetween(facts.acknowledged, terms)];
    this.facts[name] = { acknowledged: terms, underWay: facts.underWay.slice(1), stopped };
    return true;
  }

  endGrace(name: Name): boolean {
    const facts = this.facts[name];
    if (facts === undefined || facts.stopped.length === 0) return false;
    this.facts[name] = { ...facts, stopped: [] };
    return true;
  }

  settle(): void {
    for (let i = 0; i < 200; i++) {
      const steps = names.flatMap((name) => [
        this.derive(name),
        this.arrive(name),
        this.acknowledge(name),
        this.endGrace(name),
      ]);
      this.check();
      if (steps.every((happened) => !happened)) return;
    }
    throw new Error('it does not settle');
  }

  check(): void {
    for (const pair of pairs) {
      for (const name of names) {
        const { send } = this.terms(name, pair);
        const { accept } = this.terms(other[name], pair);
        if (send !== undefined && !accept.includes(send)) {
          throw new Error(`${name} sends ${send} for GNI ${pair.gni}, ${other[name]} accepts [${accept}]`);
        }
      }
    }
  }

  terms(name: Name, pair: GuestPair) {
    return termsOfPair(this.hosts[name].inForce, pairKey(seenBy(name, pair)));
  }

  /** What is selected is what both send and accept, and pairs that differ in nothing are not there. */
  expectSettled(): void {
    for (const name of names) {
      const { pairs: told, ...rest } = this.hosts[name].inForce;
      expect(rest).toEqual(both(this.rest));
      const apart = [...this.own].filter(([, selected]) => selected !== this.rest);
      const byGni = [...told.values()].toSorted((a, b) => a.gni - b.gni);
      expect(byGni.map(({ gni, send, accept, none }) => ({ gni, send, accept, none }))).toEqual(
        apart
          .toSorted(([a], [b]) => a.gni - b.gni)
          .map(([{ gni }, selected]) => ({ gni, ...both(selected), none: selected === undefined })),
      );
    }
  }
}

function newHost(): SimulatedHost {
  return { inForce: noSessionTerms, connected: false, updates: [], acknowledgements: [] };
}

function both(selected: string | undefined) {
  return { send: selected, accept: selected === undefined ? [] : [selected] };
}

function textOf({ pairs: told, ...rest }: SessionTerms): string {
  return JSON.stringify([rest, [...told].sort(([a], [b]) => (a < b ? -1 : 1))]);
}

const seeds = Number(process.env.SEEDS ?? 3000);

describe('every order of events', () => {
  it('never lets a pair be sent what it is not accepted for, and ends at what is selected', () => {
    for (let seed = 1; seed <= seeds; seed++) {
      const random = seededRandom(seed);
      const world = new World();
      for (const name of names) world.connect(name);
      try {
        for (let i = 0; i < 80; i++) {
          happen(world, random);
          world.check();
        }
        for (const name of names) if (!world.hosts[name].connected) world.connect(name);
        world.settle();
        world.expectSettled();
      } catch (error) {
        throw new Error(`seed ${seed}: ${(error as Error).message}`);
      }
    }
  });
});

function happen(world: World, random: () => number): void {
  const name = random() < 0.5 ? 'a' : 'b';
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const roll = random();
  if (roll < 0.25) world.derive(name);
  else if (roll < 0.48) world.arrive(name);
  else if (roll < 0.68) world.acknowledge(name);
  else if (roll < 0.73) world.endGrace(name);
  else if (roll < 0.77) world.disconnect(name);
  else if (roll < 0.84) world.connect(name);
  else if (roll < 0.86) world.restartController();
  else if (roll < 0.9) world.rest = pick(['x', 'y', 'z', undefined]);
  else if (roll < 0.97) world.own.set(pick(pairs), pick(['x', 'y', 'z', undefined]));
  else world.own.delete(pick(pairs));
}

describe('a pair of new guests', () => {
  const own = { gni: 1, own: '10.0.0.1', theirs: '10.0.0.9' };
  const rest: WholeFacts = { acknowledged: { send: 'x', accept: ['x'], pairs: new Map() }, underWay: [], stopped: [] };
  const decided = { outgoing: { selected: 'x' }, incoming: { selected: 'x' } };
  const y = { outgoing: { selected: 'y' }, incoming: { selected: 'y' } };
  const derive = (isNew: boolean, peer: WholeFacts) =>
    deriveSessionTerms({ own: rest, peer, ...decided, guests: [{ ...own, ...y, isNew }] }).pairs.get(pairKey(own));

  it('sends nothing before what is selected for it is accepted; one that flows already goes on', () => {
    expect(derive(true, rest)).toMatchObject({ send: undefined, none: false, accept: ['x', 'y'] });
    expect(derive(false, rest)).toMatchObject({ send: 'x', none: false, accept: ['x', 'y'] });
  });

  it('sends what is selected as soon as it is accepted', () => {
    const theirs = { ...seenFromPeer(own), send: 'x', accept: ['x', 'y'], none: false };
    const peer = { ...rest, acknowledged: { ...rest.acknowledged, pairs: new Map([[pairKey(theirs), theirs]]) } };
    expect(derive(true, peer)).toMatchObject({ send: 'y' });
  });
});

it('what may be accepted untold is left out where an engine could not hold all of it', () => {
  const texts = (count: number) => Array.from({ length: count }, (_, i) => `t${String(i).padStart(2, '0')}`);
  const derive = (count: number) => {
    const accepting = { outgoing: { selected: 't00' }, incoming: { selected: 't00', accepts: texts(count) } };
    const nobody = { acknowledged: noSessionTerms, underWay: [], stopped: [] };
    const peer = { ...nobody, acknowledged: { ...noSessionTerms, send: 't05', accept: ['t00'] } };
    return deriveSessionTerms({ own: nobody, peer, ...accepting, guests: [] });
  };
  expect(derive(31)).toMatchObject({ send: 't00', accept: texts(31) });
  expect(derive(32)).toMatchObject({ send: 't00', accept: ['t00', 't05'] });
});
