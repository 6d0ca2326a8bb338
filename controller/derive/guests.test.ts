/** Pairs of guests with terms of their own: each goes through accept, send, retire; the rest of the hosts does not. */
import { afterEach, describe, expect, it } from 'vitest';
import { limits } from '../../wire/limits.ts';
import { deriveLimits } from './derive.ts';
import { Region, termsIn } from './fake-region.ts';
import { pairsWith } from './guest-pairs.ts';
import { Subscriptions } from './subscriptions.ts';

let region: Region;
afterEach(() => region.close());

const red = 2;
const sealed = 'gni 3.0 +aes-256-gcm #1.1';
const secret = { name: 'secret', match: { cloud: 'red' }, effect: 'require', capabilities: ['encryption'] } as const;
const plain = { name: 'plain', effect: 'prefer', capabilities: ['gni 1.1'] } as const;

const guest = async (name: string, host: string, address: string, vpc = 'red') => {
  const outcome = await region.controller.commands.createGuest({ name, host, vpc, addresses: [address] });
  expect(outcome.ok).toBe(true);
};

/** Hosts a and b that can encrypt and prefer not to, with a guest of blue and one of red each. */
async function ready(): Promise<void> {
  region = await Region.create(['a', 'b']);
  for (const host of region.hosts.values()) {
    host.formats = ['gni 1.1', 'gni 3.0'];
    host.features = ['aes-256-gcm'];
    await region.describe(host.name);
  }
  const { commands } = region.controller;
  for (const name of ['blue', 'red']) await commands.createVpc({ name, prefixes: ['10.0.0.0/8'] });
  await commands.putPolicy({ ...plain, capabilities: [...plain.capabilities] });
  for (const vpc of ['blue', 'red']) {
    await guest(`${vpc}-a`, 'a', '10.0.0.8', vpc);
    await guest(`${vpc}-b`, 'b', '10.0.0.9', vpc);
  }
  await region.settle();
  region.subscribe('a', { gni: 1, address: '10.0.0.9' }, { gni: red, address: '10.0.0.9' });
  await region.settle();
}

const putSecret = () => region.controller.commands.putPolicy({ ...secret, capabilities: [...secret.capabilities] });
const session = (host: 'a' | 'b') => region.host(host).session(host === 'a' ? 'b' : 'a');
const pairOfA = (own = '10.0.0.8', theirs = '10.0.0.9') => termsIn(session('a'), { gni: red, own, theirs });

/** A step of every host; whoever looks in between sees every state that packets could meet. */
async function turn(look: () => void): Promise<void> {
  await region.flush();
  for (const name of region.hosts.keys()) {
    region.deliver(name);
    region.check();
    look();
    region.acknowledge(name);
  }
}

it('change by themselves: accepted first, then sent, then the old terms are not accepted any more', async () => {
  await ready();
  await putSecret();
  const seen: string[] = [];
  const look = () => {
    const { send, accept } = pairOfA();
    const line = `${send} | ${accept.join(', ')}`;
    if (line !== seen.at(-1)) seen.push(line);
    expect(session('a')).toMatchObject({ send: 'gni 1.1', accept: ['gni 1.1'] });
  };
  for (let i = 0; i < 6; i++) await turn(look);
  region.pass(deriveLimits.graceMs);
  for (let i = 0; i < 3; i++) await turn(look);
  expect(seen).toEqual([`gni 1.1 | gni 1.1, ${sealed}`, `${sealed} | gni 1.1, ${sealed}`, `${sealed} | ${sealed}`]);
  region.expectSettled();
});

it('are left out again when policies do not tell them apart any more', async () => {
  await ready();
  await putSecret();
  await region.settle();
  expect(session('a')?.pairs).toHaveLength(1);
  await region.controller.commands.deletePolicy('secret');
  await region.settle();
  expect([session('a')?.pairs, session('b')?.pairs]).toEqual([[], []]);
  region.expectSettled();
});

it('that begin are never sent what policies have ended, not even between a new guest and a known address', async () => {
  await ready();
  await putSecret();
  await region.settle();
  // a holds the mapping of 10.0.0.9 already: the new guest's first packet would leave at once.
  await guest('red-new', 'a', '10.0.0.77');
  const told: (string | undefined)[] = [];
  for (let i = 0; i < 8; i++) {
    await turn(() => {
      if (region.host('a').get('guest', 'red-new') !== undefined) told.push(pairOfA('10.0.0.77').send);
    });
  }
  expect(told.filter((send) => send !== undefined && send !== sealed)).toEqual([]);
  expect(told.at(-1)).toBe(sealed);
  await region.settle();
  region.expectSettled();
});

it('for which nothing is possible are told so, and the others go on', async () => {
  await ready();
  await region.controller.commands.putPolicy({
    name: 'nothing',
    match: { cloud: 'red' },
    effect: 'forbid',
    capabilities: ['gni *'],
  });
  await region.settle();
  expect(session('a')).toMatchObject({
    send: 'gni 1.1',
    none: false,
    pairs: [{ gni: red, own: '10.0.0.8', theirs: '10.0.0.9', send: undefined, accept: [], none: true }],
  });
});

it('that are too many share the strictest terms of all, with an event, until they are fewer', async () => {
  await ready();
  await putSecret();
  await region.settle();
  const own = 8;
  const theirs = limits.pairsPerSession / own;
  for (let i = 1; i < own; i++) await guest(`own-${i}`, 'a', `10.1.0.${i + 1}`);
  for (let i = 1; i <= theirs; i++) await guest(`theirs-${i}`, 'b', `10.2.0.${i + 1}`);
  await region.settle();
  const addresses = Array.from({ length: theirs }, (_, i) => ({ gni: red, address: `10.2.0.${i + 2}` }));
  region.subscribe('a', ...addresses.slice(1));
  await region.settle();
  // With the one of before this is as many as there may be.
  expect(session('a')?.pairs).toHaveLength(limits.pairsPerSession);
  expect(session('a')?.send).toBe('gni 1.1');
  region.subscribe('a', ...addresses.slice(0, 1));
  await region.settle();
  expect(session('a')).toMatchObject({ send: sealed, accept: [sealed], pairs: [] });
  const events = region.reports.filter((report) => report.includes('guest-pairs-joined'));
  expect(events.toSorted()).toEqual([
    'a guest-pairs-joined: to b: more than 1024 pairs of guests, or too different ones, would need selections of their own; the strictest of all counts for all of them',
    'b guest-pairs-joined: to a: more than 1024 pairs of guests, or too different ones, would need selections of their own; the strictest of all counts for all of them',
  ]);
  region.unsubscribe('a', { gni: red, address: '10.2.0.2' });
  await region.settle();
  expect(session('a')?.pairs).toHaveLength(limits.pairsPerSession);
  expect(session('a')?.send).toBe('gni 1.1');
});

it('that policies do not tell apart are not counted, however many they are', async () => {
  await ready();
  const { state } = region.controller;
  let asked = 0;
  const subscriptions = new Subscriptions({
    locate: () => 'b',
    pairChanged: () => undefined,
    areGuestsApart: () => true,
  });
  const facts = region.controller.derivation.facts('a');
  if (facts === undefined) throw new Error('a is not known');
  facts.subscriptions.clear();
  subscriptions.add(facts, { gni: 1, address: '10.0.0.9' });
  subscriptions.add(facts, { gni: red, address: '10.0.0.9' });
  const between = { state, subscriptions, own: 'a', peer: 'b', kindOf: () => '' };
  const find = (own: { gni: number }) => {
    asked += 1;
    return own.gni === red ? 'found' : undefined;
  };
  expect([...pairsWith(between, find)]).toMatchObject([
    { gni: red, own: '10.0.0.8', theirs: '10.0.0.9', found: 'found' },
  ]);
  for (let i = 0; i < 20; i++) await guest(`more-${i}`, 'a', `10.3.0.${i + 2}`, 'blue');
  asked = 0;
  expect([...pairsWith(between, find)]).toHaveLength(1);
  expect(asked).toBe(2);
});

describe('guests of one customer that are too many', () => {
  const own = 33;
  const addresses = Array.from({ length: own }, (_, i) => ({ gni: 3, address: `10.2.0.${i + 2}` }));

  /** With clouds of customers amber (many guests) and bolt (one pair) besides. */
  async function crowded(): Promise<void> {
    await ready();
    const { commands } = region.controller;
    await commands.createVpc({ name: 'many', prefixes: ['10.0.0.0/8'], customer: 'amber' });
    await commands.createVpc({ name: 'few', prefixes: ['10.0.0.0/8'], customer: 'bolt' });
    for (let i = 0; i < own; i++) {
      await guest(`many-a-${i}`, 'a', `10.1.0.${i + 2}`, 'many');
      await guest(`many-b-${i}`, 'b', `10.2.0.${i + 2}`, 'many');
    }
    await guest('few-a', 'a', '10.0.0.8', 'few');
    await guest('few-b', 'b', '10.0.0.9', 'few');
    await region.settle();
    region.subscribe('a', { gni: 4, address: '10.0.0.9' }, ...addresses);
    await region.settle();
  }

  const demand = (name: string, customer: string) =>
    region.controller.commands.putPolicy({
      name,
      author: `customer ${customer}`,
      effect: 'require',
      capabilities: ['encryption'],
    });

  it('neither bind other tenants by their customer’s policies nor push theirs aside', async () => {
    await crowded();
    await demand('greedy', 'amber');
    await demand('modest', 'bolt');
    await region.settle();
    expect(session('a')).toMatchObject({ send: 'gni 1.1', pairs: [{ gni: 4, send: sealed, accept: [sealed] }] });
    const reasons = region.controller.state.selection('a', 'b')?.reasons;
    expect(reasons?.at(-1)).toBe(
      'policies of customer amber do not count here: too many pairs of guests would need selections of their own',
    );
    const events = region.reports.filter((report) => report.startsWith('a guest-pairs-joined'));
    expect(events).toEqual([
      'a guest-pairs-joined: to b: more than 1024 pairs of guests, or too different ones, would need selections of their own; policies of customer amber do not count here',
    ]);
  });

  it('do not cut others off either', async () => {
    await crowded();
    await region.controller.commands.putPolicy({
      name: 'hostile',
      author: 'customer amber',
      effect: 'forbid',
      capabilities: ['gni *'],
    });
    await region.settle();
    expect(session('a')).toMatchObject({ send: 'gni 1.1', none: false, pairs: [] });
  });
});

it('change from as many as a session holds to as many others, and no session ever has more', async () => {
  await ready();
  for (let i = 1; i < 32; i++) {
    for (const vpc of ['red', 'blue']) {
      await guest(`${vpc}-a-${i}`, 'a', `10.1.0.${i + 1}`, vpc);
      await guest(`${vpc}-b-${i}`, 'b', `10.2.0.${i + 1}`, vpc);
    }
  }
  await region.settle();
  for (const gni of [1, red]) {
    region.subscribe('a', ...Array.from({ length: 31 }, (_, i) => ({ gni, address: `10.2.0.${i + 2}` })));
  }
  await putSecret();
  await region.settle();
  expect(session('a')?.pairs).toHaveLength(limits.pairsPerSession);
  const { commands } = region.controller;
  await commands.putPolicy({ ...secret, match: { cloud: 'blue' }, capabilities: [...secret.capabilities] });
  const most: number[] = [];
  for (let i = 0; i < 40; i++) {
    await turn(() => most.push(session('a')?.pairs.length ?? 0, session('b')?.pairs.length ?? 0));
    region.pass(deriveLimits.graceMs / 2);
  }
  expect(Math.max(...most)).toBe(limits.pairsPerSession);
  expect(session('a')?.pairs.filter(({ gni, send }) => gni === 1 && send === sealed)).toHaveLength(1024);
}, 60_000);

it('that would all be different share the strictest terms, so that one customer fills no engine', async () => {
  await ready();
  for (const host of region.hosts.values()) {
    host.formats = ['gni 1.0', 'gni 1.1', 'gni 2.0', 'gni 3.0'];
    host.features = ['aes-256-gcm', 'chacha20-poly1305', 'lz4', 'zstd', 'ip-elision'];
    await region.describe(host.name);
  }
  const { commands } = region.controller;
  await commands.createVpc({ name: 'motley', prefixes: ['10.0.0.0/8'], customer: 'amber' });
  const wanted = ['gni 2.0', 'gni 3.0'].flatMap((format) =>
    ['lz4', 'zstd', 'ip-elision'].map((feature) => [format, feature]),
  );
  await guest('motley-b', 'b', '10.0.0.9', 'motley');
  for (const [i, capabilities] of wanted.entries()) {
    await guest(`motley-${i}`, 'a', `10.0.1.${i + 2}`, 'motley');
    const match = { guest: `motley-${i}` };
    const rules = capabilities.map((capability, j) => ({ name: `p-${i}-${j}`, capabilities: [capability] }));
    for (const rule of rules) {
      expect((await commands.putPolicy({ author: 'customer amber', match, effect: 'require', ...rule })).ok).toBe(true);
    }
  }
  await region.settle();
  region.subscribe('a', { gni: 3, address: '10.0.0.9' });
  await region.settle();
  expect(session('a')).toMatchObject({ send: 'gni 1.1', accept: ['gni 1.1'], pairs: [] });
});

it('are told to no agent that would ignore them: the strictest terms count for all until it is upgraded', async () => {
  await ready();
  region.host('b').isOld = true;
  await region.describe('b');
  await putSecret();
  await region.settle();
  expect(session('a')).toMatchObject({ send: sealed, accept: [sealed], pairs: [] });
  expect(region.reports.filter((report) => report.startsWith('a guest-pairs-joined'))).toEqual([
    'a guest-pairs-joined: to b: an agent is too old for pairs of guests with selections of their own: upgrade it; the strictest of all counts for all of them',
  ]);
  region.host('b').isOld = false;
  await region.describe('b');
  await region.settle();
  expect(session('a')).toMatchObject({ send: 'gni 1.1', pairs: [{ gni: red, send: sealed }] });
});

it('are in force when both ends have them, which a rollout waits for', async () => {
  await ready();
  const { derivation } = region.controller;
  await putSecret();
  expect(derivation.areGuestsInForce('a', 'b')).toBe(false);
  await region.flush();
  region.deliver('b');
  region.acknowledge('b');
  expect(derivation.inForce('a', 'b')).toBe(true);
  expect(derivation.areGuestsInForce('a', 'b')).toBe(false);
  await region.settle();
  expect(derivation.areGuestsInForce('a', 'b')).toBe(true);
});
