/** The derivation as a whole: its bounds in orders chosen by hand, its promise in random ones (from a seed). */
import { afterEach, describe, expect, it } from 'vitest';
import { mappingKey, noKeys } from '../../wire/control.ts';
import { encodeControllerMessage } from '../../wire/control-encode.ts';
import { limits } from '../../wire/limits.ts';
import { seededRandom } from '../seeded-random.ts';
import { plainAddresses } from '../state/state.ts';
import { deriveLimits } from './derive.ts';
import { Region, termsIn } from './fake-region.ts';

let region: Region;
afterEach(() => region.close());

const vpc = async (name = 'blue', prefix = '10.0.0.0/16'): Promise<number> => {
  const created = await region.controller.commands.createVpc({ name, prefixes: [prefix] });
  return created.ok ? created.value.gni : 0;
};
const guest = async (name: string, host: string, rest: { address?: string; vpc?: string; command?: string[] } = {}) => {
  const { address, vpc: cloud = 'blue', command } = rest;
  const outcome = await region.controller.commands.createGuest({
    name,
    host,
    vpc: cloud,
    ...(address === undefined ? {} : { addresses: [address] }),
    ...(command === undefined ? {} : { command }),
  });
  return outcome.ok;
};

describe('updates', () => {
  it('are split, and only a few are under way', async () => {
    region = await Region.create(['a', 'b']);
    const gni = await vpc();
    await guest('g1', 'a');
    await region.settle();
    const wanted = Array.from({ length: 6000 }, (_, i) => ({ gni, address: `10.0.${i >> 8}.${i & 255}` }));
    region.subscribe('a', ...wanted);
    await region.flush();
    const { updates } = region.host('a');
    expect(updates.map(({ set }) => set.length)).toEqual([1024, 1024, 1024, 1024]);
    // Nothing more until one is acknowledged.
    region.pass(0);
    await region.flush();
    expect(updates).toHaveLength(4);
    region.deliver('a');
    region.acknowledge('a');
    await region.flush();
    expect(updates.map(({ set }) => set.length)).toEqual([1024, 1024, 1024, 1024]);
    await region.settle();
    region.expectSettled();
  });

  it('stay under the size of a control message, whatever guests run', async () => {
    region = await Region.create(['a']);
    await vpc();
    const command = Array.from({ length: 30 }, () => 'x'.repeat(4096));
    for (let i = 0; i < 40; i++) expect(await guest(`g${i}`, 'a', { command })).toBe(true);
    await region.flush();
    const sizes = region.host('a').updates.map((update) => {
      return encodeControllerMessage(1, 1, { kind: 'update', ...update }).length;
    });
    expect(sizes).toHaveLength(4);
    expect(Math.max(...sizes)).toBeLessThan(limits.controlMessageBytes);
    await region.settle();
    region.expectSettled();
  });

  it('gather what changes while a host is behind', async () => {
    region = await Region.create(['a', 'b']);
    const gni = await vpc();
    await guest('g1', 'a');
    await region.settle();
    region.subscribe('a', { gni, address: '10.0.9.9' });
    await region.settle();
    // Four changes fill the window; those that follow wait, and only their end is told.
    for (let i = 0; i < 4; i++) {
      await guest(`w${i}`, 'a');
      await region.flush();
    }
    expect(region.host('a').updates).toHaveLength(4);
    for (let i = 0; i < 5; i++) {
      await guest('moving', 'a', { address: '10.0.9.9' });
      await region.flush();
      await region.controller.commands.deleteGuest('moving');
      await region.flush();
    }
    await guest('moving', 'a', { address: '10.0.9.9' });
    for (let i = 0; i < 4; i++) {
      region.deliver('a');
      region.acknowledge('a');
    }
    await region.flush();
    const { updates } = region.host('a');
    expect(updates).toHaveLength(1);
    expect(updates[0]?.set.map(({ name }) => `${name.type}/${name.key}`)).toEqual([
      'guest/moving',
      `mapping/${gni}/10.0.9.9`,
    ]);
    await region.settle();
    region.expectSettled();
  });

  it('are not made for hosts that a change does not concern', async () => {
    region = await Region.create(['a', 'b', 'c']);
    await vpc();
    await guest('g1', 'a');
    await region.settle();
    expect(region.controller.derivation.takePending()).toEqual([]);
    await guest('g2', 'b');
    expect(region.controller.derivation.takePending()).toEqual(['b']);
  });
});

describe('a session', () => {
  it('is accepted for a grace after its sender has changed to another format', async () => {
    region = await Region.create(['a', 'b']);
    const gni = await vpc();
    await guest('g1', 'a');
    await guest('g2', 'b', { address: '10.0.0.9' });
    region.host('a').formats = ['gni 1.0'];
    await region.describe('a');
    await region.settle();
    region.subscribe('a', { gni, address: '10.0.0.9' });
    await region.settle();
    region.host('a').formats = ['gni 1.0', 'gni 1.1'];
    await region.describe('a');
    const pump = async () => {
      for (let i = 0; i < 10; i++) {
        await region.flush();
        for (const name of region.hosts.keys()) {
          region.deliver(name);
          region.acknowledge(name);
        }
      }
    };
    await pump();
    region.pass(deriveLimits.graceMs - 1);
    await pump();
    expect(region.host('a').session('b')).toMatchObject({ send: 'gni 1.1', accept: ['gni 1.0', 'gni 1.1'] });
    region.pass(1);
    await pump();
    expect(region.host('a').session('b')).toMatchObject({ send: 'gni 1.1', accept: ['gni 1.1'] });
  });

  it('with a peer that is away when the controller starts is kept, and ends when the peer does not need it', async () => {
    region = await Region.create(['a', 'b']);
    const gni = await vpc();
    await guest('g1', 'a', { address: '10.0.0.8' });
    await guest('g2', 'b');
    await region.settle();
    region.subscribe('b', { gni, address: '10.0.0.8' });
    await region.settle();
    await region.restartController();
    await region.connect('a');
    await region.settle();
    expect(region.host('a').session('b')).toMatchObject({ send: 'gni 1.1', accept: ['gni 1.1'] });
    // b comes back without its disk.
    region.host('b').held.clear();
    await region.connect('b');
    await region.settle();
    expect(region.host('a').session('b')).toBeUndefined();
  });

  it('that nobody needs any more ends at the sender first', async () => {
    region = await Region.create(['a', 'b']);
    const gni = await vpc();
    await guest('g1', 'a');
    await guest('g2', 'b', { address: '10.0.0.9' });
    await region.settle();
    region.subscribe('a', { gni, address: '10.0.0.9' });
    await region.settle();
    expect(region.host('a').session('b')?.send).toBe('gni 1.1');
    region.unsubscribe('a', { gni, address: '10.0.0.9' });
    await region.flush();
    expect(region.host('a').updates.at(-1)?.set[0]?.body).toMatchObject({ send: undefined, accept: ['gni 1.1'] });
    await region.settle();
    expect([region.host('a').session('b'), region.host('b').session('a')]).toEqual([undefined, undefined]);
  });

  it('moves to another address with its host', async () => {
    region = await Region.create(['a', 'b']);
    const gni = await vpc();
    await guest('g1', 'a');
    await guest('g2', 'b', { address: '10.0.0.9' });
    await region.settle();
    region.subscribe('a', { gni, address: '10.0.0.9' });
    await region.settle();
    const { state, commands } = region.controller;
    const known = state.hosts.get('b');
    if (known === undefined) throw new Error('b is not known');
    await commands.registerHost({
      ...known,
      keys: noKeys,
      host: 'b',
      substrateAddresses: ['198.18.9.9'],
      udpPort: 7000,
    });
    await region.settle();
    expect(region.host('a').session('b')).toMatchObject({ address: '198.18.9.9', udpPort: 7000, send: 'gni 1.1' });
  });

  it('that an agent refused is told again once the reason may have passed', async () => {
    region = await Region.create(['a', 'b']);
    const gni = await vpc();
    await guest('g1', 'a');
    await guest('g2', 'b', { address: '10.0.0.9' });
    await region.settle();
    region.host('a').refuses.add('session/b');
    region.subscribe('a', { gni, address: '10.0.0.9' });
    await region.settle();
    expect(region.host('a').session('b')).toBeUndefined();
    region.host('a').refuses.clear();
    region.pass(60_000);
    await region.settle();
    region.expectSettled();
  });

  it('follows the labels of its hosts where a policy is about them', async () => {
    region = await Region.create(['a', 'b']);
    const gni = await vpc();
    await guest('g1', 'a');
    await guest('g2', 'b', { address: '10.0.0.9' });
    const match = { environment: 'production', direction: 'from' as const };
    await region.controller.commands.putPolicy({ name: 'p', match, effect: 'forbid', capabilities: ['gni 1.1'] });
    await region.settle();
    region.subscribe('a', { gni, address: '10.0.0.9' });
    await region.settle();
    const sends = () => [region.host('a').session('b')?.send, region.host('b').session('a')?.send];
    expect(sends()).toEqual(['gni 1.1', 'gni 1.1']);
    region.host('a').labels = { environment: 'production' };
    await region.describe('a');
    await region.settle();
    expect(sends()).toEqual(['gni 1.0', 'gni 1.1']);
  });

  it('with a host that was deleted goes', async () => {
    region = await Region.create(['a', 'b']);
    const gni = await vpc();
    await guest('g1', 'a');
    await guest('g2', 'b', { address: '10.0.0.9' });
    await region.settle();
    region.subscribe('a', { gni, address: '10.0.0.9' });
    await region.settle();
    await region.controller.commands.deleteGuest('g2');
    expect(await region.controller.commands.deleteHost('b')).toMatchObject({ ok: true });
    region.host('b').held.clear();
    await region.settle();
    expect(region.host('a').session('b')).toBeUndefined();
    expect(region.controller.state.selections.size).toBe(0);
  });
});

describe('a mapping of a cloud that a policy is about', () => {
  it('waits until the hosts have changed to what the policy leaves', async () => {
    region = await Region.create(['a', 'b']);
    const blue = await vpc('blue');
    const red = await vpc('red');
    for (const [name, host] of [
      ['b1', 'a'],
      ['b2', 'b'],
    ] as const) {
      await guest(name, host, { address: `10.0.0.${host === 'a' ? 8 : 9}` });
    }
    await guest('r1', 'a', { vpc: 'red' });
    await region.settle();
    region.subscribe('a', { gni: blue, address: '10.0.0.9' });
    await region.settle();
    const { commands } = region.controller;
    await commands.putPolicy({ name: 'p', match: { cloud: 'red' }, effect: 'forbid', capabilities: ['gni 1.1'] });
    await guest('r2', 'b', { vpc: 'red', address: '10.0.0.77' });
    region.subscribe('a', { gni: red, address: '10.0.0.77' });
    const told = () => region.host('a').get('mapping', `${red}/10.0.0.77`) !== undefined;
    const pairSends = (from: string, theirs: string) => {
      const own = plainAddresses(region.controller.state.guests.get(from) ?? { addresses: [] })[0] ?? '';
      return termsIn(region.host('a').session('b'), { gni: red, own, theirs }).send;
    };
    for (let i = 0; i < 20 && !told(); i++) {
      await region.flush();
      for (const name of ['a', 'b']) {
        region.deliver(name);
        if (told()) expect(pairSends('r1', '10.0.0.77')).toBe('gni 1.0');
        region.acknowledge(name);
      }
    }
    expect(told()).toBe(true);
    // The other cloud goes on as before.
    expect(region.host('a').session('b')?.send).toBe('gni 1.1');
    await region.settle();
    region.expectSettled();
  });
});

const seeds = Number(process.env.SEEDS ?? 200);

describe('any order of events', () => {
  const seen = { keys: 0, pairs: 0 };
  const look = () => {
    for (const session of [...region.hosts.values()].flatMap((host) => host.sessions())) {
      if (session.send?.includes('#') === true) seen.keys += 1;
      seen.pairs += session.pairs.length;
    }
  };

  const encryptEverywhere = async () => {
    for (const host of region.hosts.values()) {
      host.formats = ['gni 1.0', 'gni 1.1', 'gni 3.0'];
      host.features = ['aes-256-gcm'];
      await region.describe(host.name);
    }
  };

  it('ends with every host holding what it should, and never sends what is not accepted', async () => {
    for (let seed = 1; seed <= seeds; seed++) {
      region = await Region.create(['a', 'b', 'c']);
      await vpc('blue');
      await vpc('red');
      const random = seededRandom(seed);
      if (seed % 2 === 0) await encryptEverywhere();
      for (let i = 0; i < 150; i++) {
        await act(region, random);
        region.check();
        look();
      }
      for (const host of region.hosts.values()) if (!host.connected) await region.connect(host.name);
      await region.giveUp();
      try {
        region.expectSettled();
      } catch (error) {
        throw new Error(`seed ${seed}: ${(error as Error).message}`);
      }
      if (seed < seeds) await region.close();
    }
    // It was about something.
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(seeds / 4);
  }, 60_000);
});

/** One thing that happens, the likely ones more often. */
async function act(region: Region, random: () => number): Promise<void> {
  const pick = <T>(items: readonly T[]): T => {
    const item = items[Math.floor(random() * items.length)];
    if (item === undefined) throw new Error('nothing to pick');
    return item;
  };
  const host = pick([...region.hosts.values()]);
  const address = `10.0.0.${2 + Math.floor(random() * 6)}`;
  const mapping = { gni: 1 + Math.floor(random() * 2), address };
  const name = `g${Math.floor(random() * 8)}`;
  const roll = random();
  if (roll < 0.25) await region.flush();
  else if (roll < 0.45) region.deliver(host.name);
  else if (roll < 0.62) region.acknowledge(host.name);
  else if (roll < 0.72) await guest(name, host.name, { address, vpc: pick(['blue', 'red']) });
  else if (roll < 0.77) await region.controller.commands.deleteGuest(name);
  else if (roll < 0.87) {
    // Agents ask only for networks of their guests, and for what they do not hold.
    const asks = host.held.has(`network/${mapping.gni}`) && !host.held.has(`mapping/${mappingKey(mapping)}`);
    if (host.connected && asks) region.subscribe(host.name, mapping);
  } else if (roll < 0.9) {
    if (host.connected) region.unsubscribe(host.name, mapping);
  } else if (roll < 0.93) region.pass(400);
  else if (roll < 0.95) {
    host.formats = pick([
      ['gni 1.0'],
      ['gni 1.0', 'gni 1.1'],
      ['gni 1.1'],
      ['gni 2.0'],
      ['gni 1.1', 'gni 3.0'],
      ['gni 1.0', 'gni 1.1', 'gni 3.0'],
    ]);
    host.features = pick([[], ['aes-256-gcm'], ['aes-256-gcm', 'chacha20-poly1305']]);
    if (host.connected) await region.describe(host.name);
  } else if (roll < 0.96) await changePolicies(region, pick, host.name);
  else if (roll < 0.965) await region.rotate(host.name);
  else if (roll < 0.97) await region.retire(host.name);
  else if (roll < 0.975) region.disconnect(host.name);
  else if (roll < 0.98) await region.restartHost(host.name);
  else if (roll < 0.993) await region.connect(host.name);
  else await region.restartController();
}

/** Some leave none, some are about guests, some about one direction. */
async function changePolicies(region: Region, pick: <T>(items: readonly T[]) => T, host: string): Promise<void> {
  const { commands, state } = region.controller;
  const name = pick(['p', 'q', 'r']);
  if (state.policies.has(name) && pick([true, false])) await commands.deletePolicy(name);
  const match = pick([{}, { host }, { host, direction: 'from' as const }, { cloud: 'red' }, { guest: 'g1' }]);
  const effect = pick(['forbid', 'require', 'prefer', 'pin'] as const);
  const written = await commands.putPolicy({
    name,
    match,
    effect,
    capabilities: [pick(['gni 1.0', 'gni 1.1', 'gni 3.0'])],
  });
  expect(written.ok).toBe(true);
}
