/**
 * Two hosts and a controller in which every message is a step of its own: updates under way to a host, its
 * acknowledgement under way back. Golden traces say how whole changes go; a search over thousands of orders,
 * with restarts in between, holds them to the invariant.
 */
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../seeded-random.ts';
import { certainAccepts, type Decision, deriveTerms, noTerms, type SessionFacts, type Terms } from './sessions.ts';

type Name = 'a' | 'b';
const names = ['a', 'b'] as const;
const other = { a: 'b', b: 'a' } as const;

interface SimulatedHost {
  inForce: Terms;
  connected: boolean;
  /** Under way to the host, and back. */
  updates: Terms[];
  acknowledgements: Terms[];
}

class World {
  readonly hosts: Record<Name, SimulatedHost> = { a: newHost(), b: newHost() };
  /** The controller's; undefined: not heard of since it started. */
  facts: Record<Name, SessionFacts | undefined> = { a: undefined, b: undefined };
  /** By source. */
  decisions: Record<Name, Decision> = { a: undefined, b: undefined };
  readonly trace: string[] = [];

  connect(name: Name): void {
    // A new connection ends the old one, and with it what was under way there.
    this.disconnect(name);
    const host = this.hosts[name];
    host.connected = true;
    this.facts[name] = { acknowledged: host.inForce, underWay: [], stopped: [] };
  }

  disconnect(name: Name): void {
    const host = this.hosts[name];
    host.connected = false;
    host.updates = [];
    host.acknowledgements = [];
  }

  restartController(): void {
    for (const name of names) this.disconnect(name);
    this.facts = { a: undefined, b: undefined };
  }

  /** The host loses its disk. */
  replaceHost(name: Name): void {
    this.disconnect(name);
    this.hosts[name].inForce = noTerms;
  }

  decide(selected: string | undefined): void {
    this.decisions = { a: { selected }, b: { selected } };
  }

  /** Every step that could happen next. */
  steps(): { readonly what: string; readonly happen: () => void }[] {
    return names.flatMap((name) => {
      const host = this.hosts[name];
      const steps = [];
      if (host.connected && this.wants(name)) steps.push({ what: `derive ${name}`, happen: () => this.derive(name) });
      if (host.updates.length > 0) steps.push({ what: `update ${name}`, happen: () => this.arrive(name) });
      if (host.acknowledgements.length > 0) steps.push({ what: `ack ${name}`, happen: () => this.acknowledge(name) });
      if ((this.facts[name]?.stopped.length ?? 0) > 0) {
        steps.push({ what: `grace ${name}`, happen: () => this.change(name, { stopped: [] }) });
      }
      return steps;
    });
  }

  /** Until nothing happens any more, the first possible step each time. */
  settle(): void {
    for (let i = 0; i < 200; i++) {
      const [first] = this.steps();
      if (first === undefined) return;
      first.happen();
      this.check();
    }
    throw new Error('it does not settle');
  }

  check(): void {
    for (const name of names) {
      const { send } = this.hosts[name].inForce;
      const { accept } = this.hosts[other[name]].inForce;
      const lost = send !== undefined && !accept.includes(send) && !this.replaced.has(other[name]);
      if (lost) throw new Error(`${name} sends ${send}, ${other[name]} accepts [${accept}]\n${this.trace.join('\n')}`);
    }
  }
  /** Hosts that lost their disk do not accept what they did, until they are told. */
  readonly replaced = new Set<Name>();

  private wanted(name: Name): Terms {
    return deriveTerms({
      own: this.facts[name] ?? { acknowledged: noTerms, underWay: [], stopped: [] },
      peer: this.facts[other[name]],
      outgoing: this.decisions[name],
      incoming: this.decisions[other[name]],
    });
  }

  private wants(name: Name): boolean {
    const facts = this.facts[name];
    const latest = facts?.underWay.at(-1) ?? facts?.acknowledged;
    return JSON.stringify(latest) !== JSON.stringify(this.wanted(name));
  }

  private derive(name: Name): void {
    const terms = this.wanted(name);
    this.hosts[name].updates.push(terms);
    this.change(name, { underWay: [...(this.facts[name]?.underWay ?? []), terms] });
  }

  private arrive(name: Name): void {
    const host = this.hosts[name];
    const terms = host.updates.shift() ?? noTerms;
    host.inForce = terms;
    host.acknowledgements.push(terms);
    this.trace.push(`${name} sends ${terms.send ?? 'nothing'}, accepts ${terms.accept.join(' ') || 'nothing'}`);
  }

  private acknowledge(name: Name): void {
    const terms = this.hosts[name].acknowledgements.shift() ?? noTerms;
    const facts = this.facts[name];
    const before = facts?.acknowledged.send;
    const stopped = before === undefined || before === terms.send ? [] : [before];
    this.change(name, {
      acknowledged: terms,
      underWay: facts?.underWay.slice(1) ?? [],
      stopped: [...(facts?.stopped ?? []), ...stopped],
    });
    if (this.facts[name]?.acknowledged.accept.length !== 0) this.replaced.delete(name);
  }

  private change(name: Name, changed: Partial<SessionFacts>): void {
    const facts = this.facts[name] ?? { acknowledged: noTerms, underWay: [], stopped: [] };
    this.facts[name] = { ...facts, ...changed };
  }
}

function newHost(): SimulatedHost {
  return { inForce: noTerms, connected: false, updates: [], acknowledgements: [] };
}

function introduced(selected = '1.0'): World {
  const world = new World();
  world.connect('a');
  world.connect('b');
  world.decide(selected);
  world.settle();
  world.trace.length = 0;
  return world;
}

function expectSettledOn(world: World, selected: string | undefined): void {
  const terms = { send: selected, accept: selected === undefined ? [] : [selected] };
  expect([world.hosts.a.inForce, world.hosts.b.inForce]).toEqual([terms, terms]);
}

describe('golden traces', () => {
  it('introduction: both accept before either sends', () => {
    const world = new World();
    world.connect('a');
    world.connect('b');
    world.decide('1.0');
    world.settle();
    expect(world.trace).toEqual([
      'a sends nothing, accepts 1.0',
      'b sends 1.0, accepts 1.0',
      'a sends 1.0, accepts 1.0',
    ]);
  });

  it('upgrade: both are accepted, then the new one is sent, then the old one is retired', () => {
    const world = introduced('1.0');
    world.decide('1.1');
    world.settle();
    expect(world.trace).toEqual([
      'a sends 1.0, accepts 1.0 1.1',
      'b sends 1.1, accepts 1.0 1.1',
      'a sends 1.1, accepts 1.0 1.1',
      'b sends 1.1, accepts 1.1',
      'a sends 1.1, accepts 1.1',
    ]);
  });

  it('downgrade goes the same way', () => {
    const world = introduced('1.1');
    world.decide('1.0');
    world.settle();
    expect(world.trace).toEqual([
      'a sends 1.1, accepts 1.0 1.1',
      'b sends 1.0, accepts 1.0 1.1',
      'a sends 1.0, accepts 1.0 1.1',
      'b sends 1.0, accepts 1.0',
      'a sends 1.0, accepts 1.0',
    ]);
  });

  it('none any more: the senders stop, then the receivers', () => {
    const world = introduced('1.0');
    world.decide(undefined);
    world.settle();
    expect(world.trace).toEqual([
      'a sends nothing, accepts 1.0',
      // a has stopped for long enough when b hears of it
      'b sends nothing, accepts nothing',
      'a sends nothing, accepts nothing',
    ]);
  });

  it('an absent peer: accepted at once, sent when it has come and accepts', () => {
    const world = new World();
    world.connect('a');
    world.decide('1.0');
    world.settle();
    world.connect('b');
    world.settle();
    expect(world.trace).toEqual([
      'a sends nothing, accepts 1.0',
      'b sends 1.0, accepts 1.0',
      'a sends 1.0, accepts 1.0',
    ]);
  });

  it('an upgrade while the peer is away waits for it and withdraws nothing', () => {
    const world = introduced('1.0');
    world.disconnect('b');
    world.decide('1.1');
    world.settle();
    expect(world.trace).toEqual(['a sends 1.0, accepts 1.0 1.1']);
    world.connect('b');
    world.settle();
    expectSettledOn(world, '1.1');
  });

  it('a restart of the controller changes nothing', () => {
    const world = introduced('1.0');
    world.restartController();
    world.connect('a');
    world.settle();
    world.connect('b');
    world.settle();
    expect(world.trace).toEqual([]);
  });

  it('a peer that lost its disk is told to accept, while the other goes on sending', () => {
    const world = introduced('1.0');
    world.replaceHost('b');
    world.replaced.add('b');
    world.connect('b');
    world.settle();
    expect(world.trace).toEqual(['b sends 1.0, accepts 1.0']);
  });
});

describe('every order of events', () => {
  it.each([
    ['an introduction', undefined, '1.0'],
    ['an upgrade', '1.0', '1.1'],
    ['a downgrade', '1.1', '1.0'],
  ])('%s survives a restart of the controller in any step', (_title, from, to) => {
    for (let restartAt = 0; restartAt < 20; restartAt++) {
      for (const first of names) {
        const world = from === undefined ? new World() : introduced(from);
        for (const name of names) world.connect(name);
        world.decide(to);
        for (let i = 0; i < restartAt; i++) {
          world.steps()[0]?.happen();
          world.check();
        }
        world.restartController();
        world.connect(first);
        world.settle();
        world.connect(other[first]);
        world.settle();
        expectSettledOn(world, to);
      }
    }
  });

  it('never lets a host send what its peer does not accept, and ends at what is selected', () => {
    for (let seed = 1; seed <= 3000; seed++) {
      const random = seededRandom(seed);
      const world = new World();
      let selected: string | undefined = '1.0';
      world.decide(selected);
      for (let i = 0; i < 60; i++) {
        const steps = [...world.steps()];
        if (random() < 0.2) {
          const name = random() < 0.5 ? 'a' : 'b';
          const roll = random();
          if (roll < 0.3) world.disconnect(name);
          else if (roll < 0.75) world.connect(name);
          else if (roll < 0.85) world.restartController();
          else {
            selected = ['1.0', '1.1', '2.0', undefined][Math.floor(random() * 4)];
            world.decide(selected);
          }
        } else {
          steps[Math.floor(random() * steps.length)]?.happen();
        }
        world.check();
      }
      for (const name of names) {
        if (!world.hosts[name].connected) world.connect(name);
      }
      world.settle();
      expectSettledOn(world, selected);
    }
  });
});

describe('what a host is certain to accept', () => {
  it('is what it acknowledged, less what is being withdrawn from it', () => {
    const facts: SessionFacts = {
      acknowledged: { send: undefined, accept: ['1.0', '1.1'] },
      underWay: [
        { send: undefined, accept: ['1.1', '2.0'] },
        { send: undefined, accept: ['1.0', '1.1', '2.0'] },
      ],
      stopped: [],
    };
    expect(certainAccepts(facts)).toEqual(['1.1']);
  });
});

describe('what a destination may accept without being told', () => {
  const terms = (send: string | undefined, ...accept: string[]): Terms => ({ send, accept });
  const facts = (acknowledged: Terms): SessionFacts => ({ acknowledged, underWay: [], stopped: [] });
  const incoming = { selected: '1.1', accepts: ['1.0', '1.1', '2.0'] };

  it('is accepted before it is selected, so that its source is told at once', () => {
    const destination = deriveTerms({ own: facts(noTerms), peer: facts(noTerms), outgoing: undefined, incoming });
    expect(destination.accept).toEqual(['1.0', '1.1', '2.0']);
    const source = {
      own: facts(terms('1.1')),
      peer: facts(terms(undefined, '1.0', '1.1', '2.0')),
      incoming: undefined,
    };
    expect(deriveTerms({ ...source, outgoing: { selected: '2.0' } }).send).toBe('2.0');
  });

  it('is accepted no longer than it may be, but for what its source still sends', () => {
    const own = facts(terms(undefined, '1.0', '1.1', '2.0'));
    const decided = { outgoing: undefined, incoming: { selected: '1.1' } };
    expect(deriveTerms({ own, peer: facts(terms('2.0')), ...decided }).accept).toEqual(['1.1', '2.0']);
  });
});

describe('what needs a key that a host has lost', () => {
  const held = { send: 'a', accept: ['b', 'c'] };
  const facts: SessionFacts = { acknowledged: held, underWay: [], stopped: [] };
  const isUsable = (text: string, by: 'own' | 'peer') => (by === 'own' ? text !== 'a' : text !== 'b');

  it('is neither sent nor accepted', () => {
    const undecided = { outgoing: undefined, incoming: undefined };
    expect(deriveTerms({ own: facts, peer: undefined, ...undecided })).toEqual(held);
    expect(deriveTerms({ own: facts, peer: undefined, ...undecided, isUsable })).toEqual({
      send: undefined,
      accept: ['c'],
    });
  });
});
