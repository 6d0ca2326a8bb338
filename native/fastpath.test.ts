/**
 * The fast path as the agent sees it, on this kernel: guests in namespaces, processes that are killed, devices that
 * change. What the tables say at every step is tested without a kernel (native/test/fast_tables_test.cpp), what the
 * programs do with packets by test runs (`make -C native bpf-test`).
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  changeOf,
  FastHost,
  type FastSide,
  type HostWish,
  ip,
  pings,
  putUpFastPair,
  takeDownFastPair,
} from './fast-pair.ts';
import {
  type EngineCounters,
  type FastPathCounters,
  type FastPathOptions,
  type ForwardingChange,
  type LookedUp,
  loadNative,
  type PeerChange,
} from './index.ts';

const native = loadNative();
const isRoot = process.getuid?.() === 0;

const options: FastPathOptions = {
  mode: 'tc',
  directory: '/sys/fs/bpf/weft-test',
  udpPort: 6741,
  substrateAddresses: ['127.0.0.1'],
  foreign: { vxlan: false, geneve: false },
  sizes: { locations: 16, peers: 16, pairs: 16 },
  flowSampling: 0,
};

describe('createFastPath', () => {
  const refused: [string, unknown, RegExp][] = [
    ['no options', undefined, /^options: expected an object$/],
    ['a mode that is none', { ...options, mode: 'auto' }, /^options\.mode: expected "xdp" or "tc", found "auto"$/],
    ['a path from nowhere', { ...options, directory: 'weft' }, /^options\.directory: expected a path from the root/],
    ['no room for peers', { ...options, sizes: { ...options.sizes, peers: 0 } }, /^options\.sizes\.peers/],
    ['text for an address', { ...options, substrateAddresses: ['localhost'] }, /found "localhost"$/],
    ['half a sample', { ...options, flowSampling: 0.5 }, /^options\.flowSampling/],
  ];
  it.each(refused)('refuses %s with one sentence', (_what, bad, sentence) => {
    expect(() => native.createFastPath(bad as FastPathOptions, () => {})).toThrow(sentence);
  });
});

describe.runIf(isRoot)('the fast path', () => {
  let left: FastSide;
  let right: FastSide;
  let hosts: FastHost[] = [];
  beforeAll(() => {
    [left, right] = putUpFastPair();
  });
  afterEach(async () => {
    for (const host of hosts) await host.kill();
    hosts = [];
  });
  afterAll(() => takeDownFastPair([left, right]));

  async function both(wish: HostWish = {}, peer: Partial<PeerChange> = {}) {
    const pair = [
      await FastHost.serve(left, right, wish, peer),
      await FastHost.serve(right, left, wish, peer),
    ] as const;
    hosts.push(...pair);
    return pair;
  }
  const counters = (host: FastHost) => host.call<FastPathCounters>('fast', 'counters');
  const carriedByEngine = async (host: FastHost) =>
    (await host.call<EngineCounters>('engine', 'counters')).ports[0]?.out.packets;
  const filters = (own: FastSide, device: string) =>
    execFileSync('tc', ['-n', own.host, 'filter', 'show', 'dev', device, 'ingress'], { encoding: 'utf8' });

  it('is taken by this kernel', () => {
    expect(native.probeFastPath()).toEqual({ modes: ['tc', 'xdp'], problems: [] });
  });

  it.each([
    ['tc', 'gni 1.0'],
    ['tc', 'gni 2.0'],
    ['tc', 'vxlan'],
    ['tc', 'geneve'],
    ['xdp', 'gni 1.0'],
  ] as const)('carries guests’ packets in mode %s as %s, and counts them', async (mode, format) => {
    const [one, other] = await both({ mode }, { encapsulations: [{ format }] });
    const before = [await counters(one), await counters(other)].map((all) => all.peers[0]?.in.packets ?? 0);
    expect(await pings(left, right.overlay, 5, 2)).toBe(5);
    for (const [at, host] of [one, other].entries()) {
      const all = await counters(host);
      expect(all.peers[0]?.in.packets).toBe((before[at] ?? 0) + 5);
      expect(all.ports).toMatchObject([{ port: 1, drops: 0 }]);
      expect(await carriedByEngine(host)).toBe(0);
      expect(host.events.filter(({ kind }) => kind === 'fault')).toEqual([]);
    }
  });

  it('hands what only the engine sends over to it, in both directions', async () => {
    const [one, other] = await both({}, { encapsulations: [{ format: 'gni 1.1' }] });
    const before = (await counters(one)).handedOver['by-engine'];
    expect(await pings(left, right.overlay, 5, 2)).toBe(5);
    expect((await counters(one)).handedOver['by-engine']).toBe(before + 10); // sent and received
    expect(await carriedByEngine(one)).toBe(5);
    expect(await carriedByEngine(other)).toBe(5);
  });

  it('tells of packets what is asked: misses once in a while, flows, traces', async () => {
    const [one] = await both({ flowSampling: 1 });
    await one.call('fast', 'trace', { trace: 9, gni: 7, source: left.overlay, destination: right.overlay, echo: 0 });
    expect(await pings(left, right.overlay, 1, 2)).toBe(1);
    const [traced] = await one.told('traced', 1);
    const outer = { source: left.substrate, destination: right.substrate };
    const decision = { program: 'guest', verdict: 'sent', peer: 1, port: 1, encapsulation: 'gni 1.0', length: 84 };
    expect(traced).toMatchObject({ trace: 9, executor: 'tc', ...decision, outer });
    const [flow] = await one.told('flow', 1);
    const flowing = {
      side: 'out',
      source: left.overlay,
      destination: right.overlay,
      protocol: 1,
      packets: 1,
      bytes: 84,
    };
    expect(flow).toMatchObject({ gni: 7, ...flowing });
    await pings(left, '10.7.0.77', 5, 1);
    expect(await one.told('miss', 1)).toEqual([{ kind: 'miss', side: 'destination', gni: 7, address: '10.7.0.77' }]);
  });

  it('drops what policies leave nothing for, and what has somebody else’s source, under the engine’s names', async () => {
    const [one] = await both({}, { send: 'none' });
    const before = (await counters(one)).drops;
    expect(await pings(left, right.overlay, 2, 2)).toBe(0);
    ip('-n', left.guest, 'addr', 'add', `${right.overlay}/32`, 'dev', 'weft0');
    execFileSync('ip', [
      'netns',
      'exec',
      left.guest,
      'sh',
      '-c',
      `ping -c 1 -W 0.2 -I ${right.overlay} 10.7.0.77 || true`,
    ]);
    ip('-n', left.guest, 'addr', 'del', `${right.overlay}/32`, 'dev', 'weft0');
    const after = (await counters(one)).drops;
    expect(after['no-selection'] - before['no-selection']).toBe(2);
    expect(after['guest-spoofed-source'] - before['guest-spoofed-source']).toBe(1);
  });

  it('looks up what packets would find', async () => {
    const [one] = await both();
    const lookUp = (destination: string) =>
      one.call<LookedUp>('fast', 'lookUp', { gni: 7, source: left.overlay, destination });
    expect(await lookUp(right.overlay)).toMatchObject({ location: 'remote', peer: 1, send: 0, sourceIsRight: true });
    expect(await lookUp('10.7.0.77')).toMatchObject({ location: 'unknown' });
    expect(await lookUp('10.8.0.1')).toMatchObject({ location: 'no-route' });
  });

  it.each(['tc', 'xdp'] as const)(
    'loses nothing in mode %s while hosts are killed and started again, and goes on counting',
    async (mode) => {
      const [one] = await both({ mode });
      const before = (await counters(one)).ports[0]?.out.packets ?? 0;
      const wanted = 3000;
      let areOut = false;
      const answered = pings(left, right.overlay, wanted, 1).finally(() => {
        areOut = true;
      });
      for (let round = 0; round < 2; round++) {
        for (const host of hosts) await host.kill();
        hosts = [];
        const [again] = await both({ mode });
        expect(again.events).toEqual([]);
      }
      expect(areOut).toBe(false);
      expect(await answered).toBe(wanted);
      expect((await counters(hosts[0] as FastHost)).ports[0]?.out.packets).toBe(before + wanted);
    },
  );

  it('leaves the former run’s programs alone until it takes over, also when it is killed before', async () => {
    await both();
    for (const host of hosts) await host.kill();
    const [next, former] = await FastHost.start(left);
    expect(former).toMatch(/^a former run left tables of this layout: .*its counts go on$/);
    await next.openPorts(left);
    await next.call('both', 'apply', changeOf(left, right, { send: 'none' }));
    const program = filters(left, 'wg0');
    await next.kill();
    expect(filters(left, 'wg0')).toBe(program);
    // The right host's programs forward, too, without a process.
    expect(await pings(left, right.overlay, 5, 2)).toBe(5);
  });

  it('loses nothing when the former run’s tables have a layout that it does not know, names it and removes it', async () => {
    await both();
    for (const host of hosts) await host.kill();
    const [layout] = readdirSync(left.directory).filter((name) => !name.includes('.'));
    renameSync(join(left.directory, `${layout}`), join(left.directory, '99'));
    let areOut = false;
    const wanted = 1000;
    const answered = pings(left, right.overlay, wanted, 1).finally(() => {
      areOut = true;
    });
    const [next, former] = await FastHost.start(left);
    hosts.push(next);
    expect(former).toMatch(/tables of layout 99, which this build \(layout \d+\) does not read: programs of that run/);
    await next.openPorts(left);
    await next.call('both', 'apply', changeOf(left, right));
    await next.call('fast', 'takeOver');
    expect(areOut).toBe(false);
    expect(await answered).toBe(wanted);
    expect(existsSync(join(left.directory, '99'))).toBe(false);
  });

  it('reads no tables that have its layout’s number and another shape', async () => {
    await (await FastHost.serve(left, right)).kill();
    const [layout] = readdirSync(left.directory).filter((name) => !name.includes('.'));
    const place = join(left.directory, `${layout}`);
    renameSync(join(place, 'drop_counts'), join(place, 'ports'));
    const [next, former] = await FastHost.start(left);
    hosts.push(next);
    expect(former).toMatch(/ are not of layout \d+ \(ports has another size\) and are not read: programs of that run/);
    await next.call('fast', 'takeOver');
    expect(readdirSync(place)).toContain('drop_counts');
  });

  it('takes programs off devices whose guests are gone', async () => {
    await (await FastHost.serve(left, right)).kill();
    expect(filters(left, 'wg0')).toContain('weft_guest');
    const [next] = await FastHost.start(left);
    hosts.push(next);
    await next.call('fast', 'takeOver');
    expect(filters(left, 'wg0')).toBe('');
    expect(filters(left, 's0')).toContain('weft_substrate');
  });

  it('serves the others when a guest’s device has gone before it takes over, and says so', async () => {
    const [next] = await FastHost.start(left);
    hosts.push(next, await FastHost.serve(right, left));
    await next.openPorts(left);
    ip('-n', left.host, 'link', 'add', 'wg9', 'type', 'veth', 'peer', 'name', 'we9');
    const doomed = { port: 9, kind: 'tap', device: 'wg9', engineDevice: 'we9', mac: '02:04:0a:07:00:09' };
    await next.call('fast', 'openPort', doomed);
    ip('-n', left.host, 'link', 'del', 'wg9');
    await next.call('both', 'apply', changeOf(left, right));
    await next.call('fast', 'takeOver');
    expect(await pings(left, right.overlay, 2, 2)).toBe(2);
    expect(await next.call('fast', 'look')).toEqual(['port 9: there is no device wg9']);
    expect(await next.call('fast', 'look')).toEqual([]);
    expect(await next.told('fault', 1)).toMatchObject([{ where: 'port 9' }]);
  });

  it('mends programs that were taken off, and follows an address to another device', async () => {
    const [one] = await both();
    expect(await one.call('fast', 'look')).toEqual([]);
    execFileSync('tc', ['-n', left.host, 'qdisc', 'del', 'dev', 'wg0', 'clsact']);
    expect(await one.call('fast', 'look')).toEqual(['the program of wg0 was gone, and is back']);
    expect(await pings(left, right.overlay, 2, 2)).toBe(2);
    ip('-n', left.host, 'link', 'add', 's1', 'type', 'veth', 'peer', 'name', 's2');
    ip('-n', left.host, 'addr', 'del', `${left.substrate}/24`, 'dev', 's0');
    expect(await one.call('fast', 'look')).toEqual([`no device has the address ${left.substrate} any more`]);
    ip('-n', left.host, 'addr', 'add', `${left.substrate}/24`, 'dev', 's1');
    const moved = `the address ${left.substrate} is at s1 now: its packets are received there`;
    expect(await one.call('fast', 'look')).toEqual([moved, 'the program of s1 was gone, and is back']);
    expect(filters(left, 's0')).toBe('');
    ip('-n', left.host, 'link', 'del', 's1');
    ip('-n', left.host, 'addr', 'add', `${left.substrate}/24`, 'dev', 's0');
    await one.call('fast', 'look');
    expect(await pings(left, right.overlay, 2, 2)).toBe(2);
  });

  it('tells once that a table is nearly full and once that it is, and carries by the engine what is not in it', async () => {
    const [one] = await both({ sizes: { locations: 10 } });
    const more = (from: number, count: number): ForwardingChange => ({
      mappings: Array.from({ length: count }, (_, at) => ({ gni: 7, address: `10.7.1.${from + at}`, peer: 1 })),
    });
    await one.call('both', 'apply', more(0, 7));
    await one.call('both', 'apply', more(7, 1));
    await one.call('both', 'apply', more(8, 4));
    expect(await one.told('full', 2)).toEqual([
      { kind: 'full', table: 'locations', entries: 8, most: 10, nearly: true },
      { kind: 'full', table: 'locations', entries: 10, most: 10, nearly: false },
    ]);
    expect(await pings(left, right.overlay, 2, 2)).toBe(2);
  });

  it('takes a million mappings in less than three seconds of a processor, and finds them as fast as a few', async () => {
    const [one] = await both({ sizes: { locations: 1_100_000 } });
    const clock = await one.call<{ ms: number; few: number; many: number }>('measure', 'million');
    expect(clock.ms).toBeLessThan(3000);
    expect(clock.many / clock.few).toBeLessThan(3);
    // What is bounded is processor time: on a machine with other work it takes longer.
  }, 60_000);

  it('is gone when it is removed', async () => {
    const [one] = await both();
    await one.call('native', 'removeFastPath', left.directory);
    expect(['wg0', 'we0', 's0'].map((device) => filters(left, device))).toEqual(['', '', '']);
    expect(existsSync(left.directory)).toBe(false);
    const forwarding = ['net.ipv4.conf.lo.forwarding', 'net.ipv6.conf.lo.forwarding'];
    const held = execFileSync('ip', ['netns', 'exec', left.host, 'sysctl', '-n', ...forwarding], { encoding: 'utf8' });
    expect(held).toBe('0\n0\n');
  });
});
