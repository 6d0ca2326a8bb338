/**
 * Keys of two hosts that talk to each other: new ones of either end, hosts that begin anew without their old ones,
 * in chosen orders and in random ones (from a seed). `Region.check` holds every step to the invariant: what a host
 * sends, its peer accepts, unless the peer has lost the key.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { seededRandom } from '../seeded-random.ts';
import { Region, termsIn } from './fake-region.ts';

let region: Region;
afterEach(() => region.close());

const cipher = 'gni 3.0 +aes-256-gcm';
const addresses = { a: '10.0.0.8', b: '10.0.0.9' } as const;

/** Hosts a and b with a guest of two clouds each, in a session that encrypts. */
async function talking(): Promise<void> {
  region = await Region.create(['a', 'b']);
  for (const host of region.hosts.values()) {
    host.formats = ['gni 1.1', 'gni 3.0'];
    host.features = ['aes-256-gcm'];
    await region.describe(host.name);
  }
  const { commands } = region.controller;
  for (const vpc of ['blue', 'red']) {
    const created = await commands.createVpc({ name: vpc, prefixes: ['10.0.0.0/16'] });
    expect(created.ok).toBe(true);
    for (const [host, address] of Object.entries(addresses)) {
      await commands.createGuest({ name: `${vpc}-${host}`, host, vpc, addresses: [address] });
    }
  }
  await region.settle();
  region.subscribe('a', { gni: 1, address: addresses.b });
  await region.settle();
}

const sends = () => [region.host('a').session('b')?.send, region.host('b').session('a')?.send];

/** What has come to a host since, as what it sends and accepts. */
function trace(name: 'a' | 'b', peer: 'a' | 'b'): string {
  const { send, accept } = termsIn(region.host(name).session(peer), undefined);
  const short = (text: string) => text.replace(`${cipher} `, '');
  return `${name} sends ${short(send ?? 'nothing')}, accepts ${accept.map(short).join(' ') || 'nothing'}`;
}

async function tracedSettle(): Promise<string[]> {
  const lines: string[] = [];
  const seen = { a: trace('a', 'b'), b: trace('b', 'a') };
  for (let i = 0; i < 20; i++) {
    await region.flush();
    for (const [name, peer] of [
      ['a', 'b'],
      ['b', 'a'],
    ] as const) {
      region.deliver(name);
      region.check();
      const line = trace(name, peer);
      if (line !== seen[name]) lines.push(line);
      seen[name] = line;
      region.acknowledge(name);
    }
    if (i % 5 === 4) region.pass(1000);
  }
  return lines;
}

describe('keys', () => {
  it('of both ends’ newest epochs are in the texts of both directions', async () => {
    await talking();
    expect(sends()).toEqual([`${cipher} #1.1`, `${cipher} #1.1`]);
    expect(region.host('a').session('b')).toMatchObject({
      peerIdentity: 'identity of b',
      peerKeys: [{ epoch: 1, publicKey: 'b 1' }],
    });
  });

  it('that are new are accepted, then used, then the old ones are not accepted any more', async () => {
    await talking();
    await region.rotate('a');
    expect(await tracedSettle()).toEqual([
      'a sends #1.1, accepts #1.1 #1.2',
      'b sends #1.1, accepts #1.1 #2.1',
      'a sends #2.1, accepts #1.1 #1.2',
      'b sends #1.2, accepts #1.1 #2.1',
      'a sends #2.1, accepts #1.2',
      'b sends #1.2, accepts #2.1',
    ]);
    await region.retire('a');
    expect(region.host('a').epochs).toEqual([2]);
    await region.settle();
    expect(sends()).toEqual([`${cipher} #2.1`, `${cipher} #1.2`]);
  });

  it('that a host lost are neither waited for nor accepted; the peer stops, then uses the new one', async () => {
    await talking();
    await region.restartHost('a');
    expect(await tracedSettle()).toEqual([
      'a sends nothing, accepts #1.2',
      'b sends nothing, accepts #2.1',
      'a sends #2.1, accepts #1.2',
      'b sends #1.2, accepts #2.1',
    ]);
  });

  it('that are missing on one end leave what is sent as it is, and nothing new begins', async () => {
    await talking();
    const host = region.host('b');
    host.epochs = [];
    host.held.clear();
    await region.connect('b');
    await region.settle();
    expect(sends()).toEqual([undefined, undefined]);
    expect(region.host('a').session('b')).toMatchObject({ send: undefined, accept: [], none: false });
    host.epochs = [9];
    await region.describe('b');
    await region.settle();
    expect(sends()).toEqual([`${cipher} #1.9`, `${cipher} #9.1`]);
  });

  it('change in every order in which two hosts can get and acknowledge updates', async () => {
    const steps = 10;
    for (let order = 0; order < 2 ** steps; order += 3) {
      await talking();
      await region.rotate('a');
      if ((order & 1) === 1) await region.rotate('b');
      for (let step = 0; step < steps; step++) {
        const name = (order >> step) & 1 ? 'a' : 'b';
        await region.flush();
        region.deliver(name);
        region.check();
        if (step % 2 === 0) region.acknowledge(name);
      }
      await region.settle();
      const b = (order & 1) === 1 ? 2 : 1;
      expect(sends()).toEqual([`${cipher} #2.${b}`, `${cipher} #${b}.2`]);
      await region.close();
    }
    await talking();
  }, 60_000);
});

const seeds = Number(process.env.SEEDS ?? 300);

describe('any order of rotations, restarts and lost connections', () => {
  it('ends with the newest keys in both directions, for the hosts and for guests with terms of their own', async () => {
    let pairsWithKeys = 0;
    for (let seed = 1; seed <= seeds; seed++) {
      await talking();
      const random = seededRandom(seed);
      try {
        for (let i = 0; i < 80; i++) {
          await happen(random);
          region.check();
          const pairs = [...region.hosts.values()].flatMap((host) => host.sessions()).flatMap(({ pairs }) => pairs);
          pairsWithKeys += pairs.filter(({ send }) => send?.includes('#') === true).length;
        }
        for (const host of region.hosts.values()) if (!host.connected) await region.connect(host.name);
        await region.settle();
        region.expectSettled();
        for (const name of region.controller.state.policies.keys()) await region.controller.commands.deletePolicy(name);
        // Whoever asked may have begun anew meanwhile.
        region.subscribe('a', { gni: 1, address: addresses.b });
        await region.settle();
        region.expectSettled();
        const [a, b] = [region.host('a').epochs[0], region.host('b').epochs[0]];
        const guests = { gni: 1, own: addresses.a, theirs: addresses.b };
        expect(termsIn(region.host('a').session('b'), guests).send).toBe(`${cipher} #${a}.${b}`);
      } catch (error) {
        throw new Error(`seed ${seed}: ${(error as Error).message}`);
      }
      if (seed < seeds) await region.close();
    }
    expect(pairsWithKeys).toBeGreaterThan(seeds / 4);
  }, 60_000);
});

async function happen(random: () => number): Promise<void> {
  const name = random() < 0.5 ? 'a' : 'b';
  const { connected } = region.host(name);
  const roll = random();
  if (roll < 0.3) await region.flush();
  else if (roll < 0.55) region.deliver(name);
  else if (roll < 0.75) region.acknowledge(name);
  else if (roll < 0.8) region.pass(400);
  else if (roll < 0.85) await region.rotate(name);
  else if (roll < 0.88) await region.retire(name);
  else if (roll < 0.9) region.disconnect(name);
  else if (roll < 0.94) {
    if (!connected) await region.connect(name);
  } else if (roll < 0.96) await region.restartHost(name);
  else if (roll < 0.97) await region.restartController();
  else if (roll < 0.985) await togglePolicy('all', {});
  else await togglePolicy('cloud', { cloud: 'blue' });
}

/** Without encryption for a while, or with it for the guests of the cloud alone. */
async function togglePolicy(name: 'all' | 'cloud', match: { readonly cloud?: string }): Promise<void> {
  const { commands, state } = region.controller;
  if (state.policies.has(name)) await commands.deletePolicy(name);
  else {
    const rule = name === 'all' ? ({ effect: 'prefer', capabilities: ['gni 1.1'] } as const) : pinned;
    await commands.putPolicy({ name, match, effect: rule.effect, capabilities: [...rule.capabilities] });
  }
}

const pinned = { effect: 'pin', capabilities: ['gni 3.0'] } as const;

it('what an agent says it sends and is no encapsulation comes into no session of its peer', async () => {
  await talking();
  const held = region.host('a').held.get('session/b');
  if (held?.body.type !== 'session') throw new Error('a holds no session');
  const pair = { gni: 1, own: '10.9.9.9', theirs: '10.9.9.8', send: 'x'.repeat(1024), accept: [], none: false };
  region.host('a').held.set('session/b', { ...held, version: 'made up', body: { ...held.body, pairs: [pair] } });
  await region.connect('a');
  await region.flush();
  region.deliver('b');
  expect(JSON.stringify(region.host('b').session('a'))).not.toContain('xxx');
  await region.settle();
  expect(region.host('a').session('b')?.pairs).toEqual([]);
});
