import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Refusal, Update } from '../wire/control.ts';
import { Acknowledgements } from './acknowledgements.ts';
import { findAssets, readLinks, readOffloads, readSpeed } from './assets/assets.ts';
import { findCapabilities } from './capabilities/capabilities.ts';
import { FakeNative } from './datapath/fake.ts';
import { takeLock } from './lock.ts';
import { addressNotHere, missingCapability } from './preflight.ts';
import { identify, isAlive } from './processes.ts';
import { Turns } from './turns.ts';

describe('acknowledgements', () => {
  const update = (number: number, ...keys: string[]): Update => ({
    number,
    set: [],
    removed: keys.map((key) => ({ type: 'session', key })),
  });
  function open() {
    const sent: string[] = [];
    const list = new Acknowledgements((number, refused) => sent.push(`${number}:${refused.length}`));
    return { sent, list };
  }

  it('do not wait for an earlier update about something else', () => {
    const { sent, list } = open();
    list.expect(update(1, 'slow'));
    list.expect(update(2, 'quick'))([]);
    expect(sent).toEqual(['2:0']);
  });

  it('wait for an earlier update about the same thing', () => {
    const { sent, list } = open();
    const first = list.expect(update(1, 'a', 'b'));
    list.expect(update(2, 'b', 'c'))([]);
    list.expect(update(3, 'c'))([]);
    expect(sent).toEqual([]);
    const refusal: Refusal = { name: { type: 'session', key: 'a' }, reason: 'x' };
    first([refusal]);
    expect(sent).toEqual(['1:1', '2:0', '3:0']);
  });

  it('of an ended session are not sent into the next', () => {
    const { sent, list } = open();
    const late = list.expect(update(1, 'a'));
    list.forget();
    late([]);
    expect(sent).toEqual([]);
  });
});

describe('turns', () => {
  it('of one name never overlap, and no more than allowed run together', async () => {
    const turns = new Turns(2);
    let running = 0;
    let most = 0;
    const order: string[] = [];
    const task = (word: string) => async () => {
      most = Math.max(most, ++running);
      await Promise.resolve();
      order.push(word);
      running--;
      if (word === 'a1') throw new Error('a1');
      return word;
    };
    const results = await Promise.allSettled([
      turns.take('a', task('a1')),
      turns.take('a', task('a2')),
      turns.take('b', task('b1')),
      turns.take('c', task('c1')),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled', 'fulfilled']);
    expect(order.indexOf('a1')).toBeLessThan(order.indexOf('a2'));
    expect(most).toBe(2);
    await turns.settled();
  });
});

describe('the lock', () => {
  it('is one agent’s, until it lets go', () => {
    const directory = mkdtempSync(join(tmpdir(), 'wagt-lock-'));
    const first = takeLock(directory);
    expect(first.ok).toBe(true);
    expect(takeLock(directory)).toMatchObject({
      ok: false,
      why: expect.stringMatching(new RegExp(`^process ${process.pid} is an agent that uses ${directory} already`)),
    });
    if (first.ok) first.release();
    expect(readdirSync(directory)).toEqual([]);
    rmSync(directory, { recursive: true });
  });

  it('of a process that is gone, or whose number another has got, is replaced', () => {
    const directory = mkdtempSync(join(tmpdir(), 'wagt-lock-'));
    const own = identify(process.pid);
    for (const stale of [
      { ...own, pid: 4_194_304 },
      { ...own, startTicks: 1 },
      { ...own, boot: 'another' },
      'rubbish',
    ]) {
      writeFileSync(join(directory, 'agent.lock'), JSON.stringify(stale));
      expect(takeLock(directory)).toMatchObject({ ok: true });
      expect(readdirSync(directory)).toEqual(['agent.lock']);
    }
    rmSync(directory, { recursive: true });
  });
});

describe('processes', () => {
  it('are known by number and start time', () => {
    const own = identify(process.pid);
    expect(own).toMatchObject({ pid: process.pid });
    expect(own !== undefined && isAlive(own)).toBe(true);
    expect(own !== undefined && isAlive({ ...own, startTicks: own.startTicks + 1 })).toBe(false);
    expect(identify(4_194_304)).toBeUndefined();
  });
});

describe('the check of the machine', () => {
  it.each([
    ['all', '000001ffffffffff', undefined],
    ['none', '0000000000000000', 'CAP_NET_ADMIN'],
    ['only CAP_NET_ADMIN', '0000000000001000', 'CAP_SYS_ADMIN'],
  ])('with %s of the capabilities', (_, mask, missing) => {
    expect(missingCapability(`Name:\tnode\nCapEff:\t${mask}\n`)).toBe(missing);
  });

  it('names the address that is missing and those that are there', () => {
    expect(addressNotHere(['198.18.0.1'], ['127.0.0.1', '198.18.0.1'])).toBeUndefined();
    expect(addressNotHere(['198.18.0.1', 'fd00::9'], ['127.0.0.1', '198.18.0.1', 'fe80::1%eth0'])).toBe(
      'substrate address fd00::9 is on no interface of this host that is up; it has 198.18.0.1',
    );
  });
});

describe('assets', () => {
  const links = JSON.stringify([
    { ifname: 'lo', link_type: 'loopback', mtu: 65536, flags: ['UP'], address: '00:00:00:00:00:00' },
    {
      ifname: 'eth0',
      link_type: 'ether',
      mtu: 1500,
      flags: ['BROADCAST', 'UP'],
      address: '02:00:00:00:00:01',
      addr_info: [
        { local: '198.18.0.1', scope: 'global' },
        { local: 'fe80::1', scope: 'link' },
      ],
    },
  ]);

  it('read network cards from what ip says', () => {
    expect(readLinks(links)).toEqual([
      {
        name: 'eth0',
        mac: '02:00:00:00:00:01',
        mtu: 1500,
        up: true,
        speedMbps: 0,
        addresses: ['198.18.0.1'],
        offloads: [],
      },
    ]);
    expect(readLinks('not JSON')).toEqual([]);
  });

  it('read offloads and speed from what ethtool says', () => {
    const text =
      'Features for eth0:\nrx-checksumming: on\ntx-udp-segmentation: off\n\ttx-tcp-segmentation: on [fixed]\n';
    expect(readOffloads(text)).toEqual(['rx-checksumming', 'tx-tcp-segmentation']);
    expect(readSpeed('Settings for eth0:\n\tSpeed: 10000Mb/s\n')).toBe(10_000);
    expect(readSpeed('\tSpeed: Unknown!\n')).toBe(0);
  });

  it('never fail the agent, whatever is missing', async () => {
    const assets = await findAssets({ rack: 'r1' }, async () => ({ ok: false, why: 'no such program' }));
    expect(assets).toMatchObject({ nics: [], labels: { rack: 'r1' } });
    expect(assets.memoryBytes).toBeGreaterThan(0);
  });
});

describe('capabilities', () => {
  const offloads = { udpGso: true, udpGro: true, tso: true, uso: false };

  it('are what the data plane has, less the mask, with the features of what is left', () => {
    const { found: probe } = new FakeNative();
    expect(findCapabilities({ probe, mask: undefined, offloads, problems: [] })).toEqual({
      formats: ['gni 1.0', 'gni 1.1'],
      features: ['integrity'],
      offloads: ['udp-gso', 'udp-gro', 'tso'],
      executors: ['engine'],
      ports: ['tun'],
      problems: [],
    });
    expect(findCapabilities({ probe, mask: ['gni 1.0'], offloads, problems: [] })).toMatchObject({
      formats: ['gni 1.0'],
      features: [],
    });
  });

  it('that could not be determined are problems', () => {
    const probe = { ...new FakeNative().found, formats: ['gni 1.0'] as const, problems: ['no UDP_GRO: ENOPROTOOPT'] };
    expect(findCapabilities({ probe, mask: ['gni 1.1'], offloads, problems: ['no prober'] }).problems).toEqual([
      'no UDP_GRO: ENOPROTOOPT',
      'format gni 1.1 is in the configuration, but this data plane does not have it',
      'no prober',
    ]);
  });
});
