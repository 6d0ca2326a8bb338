import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { ControllerStatus, Guest, Host } from '../../wire/resources.ts';
import type { AgentStatus } from '../../wire/status.ts';
import type { Api } from '../client.ts';
import { wellStatus } from '../doctor/facts-of-a-well-host.ts';
import { cli, FakeController } from '../fake-controller.ts';
import { type Choice, firstChoice, press } from './keys.ts';
import { page, screen, share, short } from './layout.ts';
import { type AgentSample, type ControllerSample, type Sample, type View, viewOf } from './rates.ts';
import { Sampler } from './sampler.ts';
import { splitKeys } from './terminal.ts';

type AgentGuest = AgentStatus['guests'][number];
type AgentPeer = AgentStatus['peers'][number];

const guest = (change: Partial<AgentGuest> = {}): AgentGuest => {
  const [first] = wellStatus.guests;
  if (first === undefined) throw new Error('no guest');
  return { ...first, ...change };
};
const peer = (change: Partial<AgentPeer> = {}): AgentPeer => {
  const [first] = wellStatus.peers;
  if (first === undefined) throw new Error('no peer');
  return { ...first, ...change };
};
const agent = (atMs: number, change: Partial<AgentStatus> = {}): AgentSample => ({
  host: 'host-a',
  atMs,
  status: { ...wellStatus, ...change },
});
const of = (...agents: readonly AgentSample[]): Sample => ({ agents });
const at = (packets: number, bytes: number) => ({ packets, bytes });
const two = (before: Partial<AgentStatus>, now: Partial<AgentStatus>, ms = 2000): View =>
  viewOf(of(agent(ms, now)), of(agent(0, before)));

describe('rates', () => {
  it('are what was counted between two looks, by the time between them', () => {
    const view = two({ guests: [guest({ out: at(100, 1000) })] }, { guests: [guest({ out: at(300, 2000) })] });
    expect(view.guests[0]).toMatchObject({ out: { packets: 100, bits: 4000 }, in: { packets: 0, bits: 0 } });
    expect(view.hosts[0]).toMatchObject({ out: { packets: 100, bits: 4000 }, guests: 1, peers: 1 });
  });

  it('are absent at the first look, after a restart, and when a counter went back', () => {
    const first = viewOf(of(agent(0)), undefined);
    const restarted = two({}, { startedMs: 2000 });
    const anew = two({ guests: [guest({ out: at(100, 1000) })] }, { guests: [guest({ out: at(1, 10) })] });
    expect([first, restarted, anew].map(({ guests: [row] }) => row?.out)).toEqual([undefined, undefined, undefined]);
    expect(anew.guests[0]?.in).toEqual({ packets: 0, bits: 0 });
  });

  it('of a host do not jump when a guest comes or goes', () => {
    const busy = guest({ name: 'busy', out: at(1e6, 1e9) });
    const come = two({ guests: [guest()] }, { guests: [guest(), busy] });
    const gone = two({ guests: [guest(), busy] }, { guests: [guest()] });
    expect([come, gone].map(({ hosts: [row] }) => row?.out?.packets)).toEqual([0, 0]);
  });

  it('of drops are by reason, and only of reasons that have happened', () => {
    const drops = (count: number) => ({ drops: { ...wellStatus.drops, 'bad-tag': count } });
    expect(two(drops(10), drops(30)).drops).toEqual([
      expect.objectContaining({ name: 'bad-tag', host: 'host-a', drops: 30, dropsPerSecond: 10, tone: 'odd' }),
    ]);
    expect(two(drops(10), drops(30)).hosts[0]).toMatchObject({ dropsPerSecond: 10, drops: 30 });
    expect(two({}, {}).drops).toEqual([]);
  });
});

describe('what is wrong', () => {
  it.each<readonly [string, Partial<AgentStatus>, string | undefined]>([
    ['a peer that answers', { peers: [peer()] }, undefined],
    ['a peer that loses some', { peers: [peer({ lostPercent: 5 })] }, 'odd'],
    ['a peer that does not answer', { peers: [peer({ lostPercent: 100 })] }, 'bad'],
    ['a peer that policies leave nothing for', { peers: [peer({ none: true })] }, 'bad'],
  ])('%s is toned', (_what, status, tone) => {
    expect(viewOf(of(agent(0, status)), undefined).peers[0]?.tone).toBe(tone);
  });

  it('is an agent that does not answer, a lost controller, a failed guest', () => {
    const session = { ...wellStatus.session, state: 'waiting' as const };
    const view = viewOf(
      of(
        { host: 'host-b', atMs: 0, error: 'no agent listens there' },
        agent(0, { session, guests: [guest({ phase: 'failed' })] }),
      ),
      undefined,
    );
    expect(view.hosts.map(({ control, tone }) => [control, tone])).toEqual([
      ['no agent answers', 'bad'],
      ['waiting', 'odd'],
    ]);
    expect(view.guests[0]?.tone).toBe('bad');
  });

  it('is told of other hosts by the controller, without rates', () => {
    const host = (name: string, connected: boolean): Host =>
      ({ name, connected, guests: 1, capabilities: { problems: ['x'] } }) as unknown as Host;
    const distant = { name: 'web2', host: 'host-b', gni: 7, phase: 'running' } as unknown as Guest;
    const controller: ControllerSample = {
      summary: 'controller north',
      hosts: [host('host-a', true), host('host-b', false)],
      guests: [distant, { ...distant, name: 'web1', host: 'host-a' }],
    };
    const view = viewOf({ agents: [agent(0)], controller }, undefined);
    expect(view.hosts.map(({ name, control, tone }) => [name, control, tone])).toEqual([
      ['host-a', 'connected', undefined],
      ['host-b', 'away', 'bad'],
    ]);
    expect(view.guests.map(({ name, host: where, out }) => [name, where, out])).toEqual([
      ['web1', 'host-a', undefined],
      ['web2', 'host-b', undefined],
    ]);
  });
});

describe('the screen', () => {
  const names = Array.from({ length: 50 }, (_, i) => `guest-${String(i).padStart(2, '0')}`);
  const counted = (more: number) => ({
    guests: names.map((name, i) => guest({ name, out: at(i * more, i * more * 100), drops: 50 - i })),
    drops: { ...wellStatus.drops, 'no-mapping': 3 },
  });
  const view = two(counted(1), counted(2), 1000);
  const frame = { width: 80, height: 24, title: 'weft top', right: '12:00:00' };
  const show = (choice: Partial<Choice> = {}, change: Partial<typeof frame> = {}) =>
    screen(view, { ...firstChoice, ...choice }, { ...frame, ...change }).map(({ text: line }) => line);

  it('of 80 columns and 24 rows holds a bit of everything', () => {
    const lines = show();
    expect(lines).toHaveLength(24);
    expect(lines[0]).toBe(`weft top${' '.repeat(64)}12:00:00`);
    expect(lines.filter((line) => /^(HOST|GUEST|PEER|DROPPED)/.test(line))).toHaveLength(4);
    expect(lines[lines.findIndex((line) => line.startsWith('GUEST')) - 1]).toMatch(/ \d+ of 50 guests$/);
    expect(lines[23]).toMatch(/q quit$/);
  });

  it.each([
    [80, 24],
    [40, 10],
    [20, 5],
    [1, 1],
    [300, 100],
  ])('never has more than %i columns and %i rows', (width, height) => {
    for (const section of ['all', 'hosts', 'guests', 'peers', 'drops'] as const) {
      const lines = show({ section }, { width, height });
      expect(lines).toHaveLength(height);
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
    }
  });

  it('shows more columns when it is wide', () => {
    const header = (width: number) => show({ section: 'guests' }, { width }).find((line) => line.startsWith('GUEST'));
    expect(header(80)).not.toContain('PORT');
    expect(header(120)).toMatch(/PORT {2}BY .*OUT pkt\/s .*DROPS/);
  });

  it.each([
    ['bits', 'guest-49'],
    ['packets', 'guest-49'],
    ['name', 'guest-00'],
    ['drops', 'guest-00'],
  ] as const)('sorted by %s begins with %s', (sort, first) => {
    expect(show({ section: 'guests', sort })[4]).toContain(first);
  });

  it('scrolls, and stops at the last row', () => {
    const guests = (offset: number) => show({ section: 'guests', sort: 'name', offset });
    expect(guests(10)[4]).toContain('guest-10');
    expect(guests(1000)[22]).toContain('guest-49');
    expect(guests(1000)[2]).toMatch(/ 32 to 50 of 50 guests$/);
  });

  it('is all there is on a page for files', () => {
    const lines = page(view, firstChoice, Number.POSITIVE_INFINITY).map(({ text: line }) => line);
    expect(lines.filter((line) => line.startsWith('guest-'))).toHaveLength(50);
    expect(lines.at(-1)).toContain('the mapping server knows no guest at this address');
  });
});

describe('small things', () => {
  it('lines are shared in turns', () => {
    expect(share([1, 50, 3], 10)).toEqual([1, 6, 3]);
    expect([share([2, 2], 100), share([5], 0), share([5], -3)]).toEqual([[2, 2], [0], [0]]);
  });

  it.each([
    [undefined, '-'],
    [0, '0'],
    [0.5, '0.5'],
    [7, '7'],
    [999, '999'],
    [1000, '1.00 k'],
    [12_345, '12.3 k'],
    [999_600, '1.00 M'],
    [123_456_789, '123 M'],
    [9.9999e9, '10.0 G'],
  ])('%s is written %s', (value, words) => {
    expect(short(value)).toBe(words);
  });

  it('keys change what is seen', () => {
    const keys = splitKeys('2\u001b[B\u001b[6~k d');
    expect(keys).toEqual(['2', '\u001b[B', '\u001b[6~', 'k', ' ', 'd']);
    const end = keys.reduce<Choice | 'quit'>(
      (choice, key) => (choice === 'quit' ? choice : press(choice, key)),
      firstChoice,
    );
    expect(end).toEqual({ section: 'guests', offset: 10, isPaused: true, sort: 'drops' });
    expect(['q', '\u0003', '\u001b'].map((key) => press(firstChoice, key))).toEqual(['quit', 'quit', 'quit']);
    expect(press(firstChoice, 'x')).toBe(firstChoice);
  });
});

describe('the sampler', () => {
  it('asks the controller now and then, and is not held up by one that is slow', async () => {
    let nowMs = 0;
    let asked = 0;
    const slow = Promise.withResolvers<never>();
    const status = { name: 'north' } as unknown as ControllerStatus;
    const api = {
      status: async () => status,
      hosts: () => (asked++ === 0 ? Promise.resolve([]) : slow.promise),
      guests: async () => [],
    } as unknown as Api;
    const sampler = new Sampler({ agents: [], api }, () => nowMs);
    const summaries: (string | undefined)[] = [];
    for (nowMs of [0, 1000, 4999, 5000, 6000, 60_000]) summaries.push((await sampler.take()).controller?.summary);
    expect(new Set(summaries)).toEqual(new Set(['controller north: 0 of 0 hosts connected']));
    expect(asked).toBe(2);
    slow.reject(new Error('a bug'));
    await setImmediate();
    await expect(sampler.take()).rejects.toThrow('a bug');
  });
});

describe('weft top', () => {
  const answers = { 'GET /status': { body: wellStatus } };

  it('prints one page where the output is no terminal, or JSON', async () => {
    await using fake = await FakeController.start(answers);
    const plain = await cli(['top', '--interval', '0.1'], { agent: fake.socket });
    expect(plain).toMatchObject({ code: 0, err: '' });
    expect(plain.out).toMatch(/^host-a +connected /m);
    expect(plain.out).toContain('no controller answers here');
    const json = await cli(['top', '--interval', '0.1', '--json'], { agent: fake.socket });
    expect(JSON.parse(json.out)).toMatchObject({ guests: [{ name: 'web1', out: { packets: 0, bits: 0 } }] });
  });

  it('says so when nobody answers, or the host is another', async () => {
    expect(await cli(['top', '--once'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('neither a controller'),
    });
    await using fake = await FakeController.start(answers);
    const other = await cli(['top', '--once', '--host', 'x'], { agent: fake.socket });
    expect(other).toMatchObject({ code: 1, err: expect.stringContaining("there is no host 'x' here") });
  });

  // util-linux's script gives it a terminal.
  it.each<readonly [string, (child: ReturnType<typeof spawn>, pid: number) => void]>([
    ['with q', (child) => child.stdin?.write('q')],
    ['when it is told to end', (_child, pid) => process.kill(pid, 'SIGTERM')],
    ['when its terminal hangs up', (_child, pid) => process.kill(pid, 'SIGHUP')],
  ])('gives the terminal back %s', async (_how, end) => {
    await using fake = await FakeController.start(answers);
    const main = join(import.meta.dirname, '..', 'main.ts');
    const weft = `echo pid=$$; exec ${process.execPath} ${main} top --agent ${fake.socket} --interval 0.2`;
    const command = `before=$(stty -g); bash -c '${weft}'; [ "$before" = "$(stty -g)" ] && echo SAME`;
    const child = spawn('script', ['-qec', command, '/dev/null'], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, SHELL: '/bin/bash', TERM: 'xterm' },
    });
    let seen = '';
    child.stdout.on('data', (data: Buffer) => {
      const drawn = seen.includes('q quit');
      seen += data;
      if (!drawn && seen.includes('q quit')) end(child, Number(/pid=(\d+)/.exec(seen)?.[1]));
    });
    const [shown] = await Promise.all([text(child.stdout), once(child, 'close')]);
    expect(shown).toContain('\u001b[?1049h');
    expect(shown.slice(shown.lastIndexOf('\u001b[?1049l'))).toContain('SAME');
  });
});
