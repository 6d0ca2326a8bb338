import { describe, expect, it } from 'vitest';
import { type DropName, dropReasons } from '../wire/drops.ts';
import type { ControllerStatus } from '../wire/resources.ts';
import type { AgentStatus } from '../wire/status.ts';
import { cli, FakeController } from './fake-controller.ts';

const none = { packets: 0, bytes: 0 };
const drops = Object.fromEntries(dropReasons.map(({ name }) => [name, 0])) as Record<DropName, number>;

const agent: AgentStatus = {
  host: 'left',
  version: '0.1.0',
  pid: 42,
  startedMs: 940_000,
  substrateAddresses: ['198.18.0.1'],
  udpPort: 6741,
  session: { state: 'waiting', controller: 'ws://c:6740', sinceMs: 990_000, epoch: 3, lastError: 'refused' },
  capabilities: {
    formats: ['gni 1.1'],
    features: [],
    offloads: [],
    executors: [],
    ports: [],
    problems: ['no ethtool'],
  },
  networks: [],
  guests: [
    {
      name: 'web',
      gni: 7,
      namespace: 'weft-web',
      interface: 'weft0',
      addresses: ['10.0.0.5/24'],
      phase: 'running',
      mtu: 1456,
      command: { argv: ['serve'], state: 'exited', exit: 'code 1' },
      out: { packets: 3, bytes: 2048 },
      in: none,
      drops: 2,
    },
  ],
  peers: [],
  mappings: [],
  drops: { ...drops, 'no-mapping': 2 },
  local: none,
  offloads: { udpGso: true, udpGro: false, tso: true, uso: false },
  waitingPackets: 0,
  workerAgeMs: [1],
  errors: [{ timeMs: 995_000, where: 'session', message: 'refused' }],
};

const controller: ControllerStatus = {
  name: 'c',
  version: '0.1.0',
  epoch: 3,
  startedMs: 0,
  revision: 9,
  hosts: { known: 1, connected: 0 },
  vpcs: 1,
  guests: 1,
  mappings: 1,
  subscriptions: 0,
  events: [{ timeMs: 999_000, host: 'left', code: 'name-in-use', detail: 'a second agent' }],
};

/** One socket plays both parts: their paths differ. */
async function both(argv: readonly string[], body: AgentStatus = agent) {
  await using fake = await FakeController.start({
    'GET /status': { body },
    'GET /v1/status': { body: controller },
    'GET /v1/hosts': { body: { items: [] } },
  });
  return await cli(['status', ...argv], { agent: fake.socket, controller: fake.socket });
}

describe('weft status', () => {
  it('shows the controller with its latest events', async () => {
    const { code, out, err } = await both([]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('0 of 1 hosts connected, 1 clouds, 1 guests, 1 mappings, 0 subscriptions');
    expect(out).toMatch(/name-in-use +left +1 s +a second agent/);
  });

  it('shows the agent: why it has no session, how a command ended, what was dropped and why', async () => {
    const { out } = await both([]);
    expect(out).toContain('controller ws://c:6740: waiting for 10 s, epoch 3 (last error: refused)');
    expect(out).toContain('formats gni 1.1; offloads udpGso, tso');
    expect(out).toMatch(/web +7 +10\.0\.0\.5\/24 +- +running +1456 +3 \(2\.0 KiB\) +0 +2 +serve \(ended: code 1\)/);
    expect(out).toMatch(/no-mapping +2 +the mapping server knows no guest/);
    expect(out).not.toContain('bad-checksum');
    expect(out).toContain('problem: no ethtool');
  });

  it('shows what the kernel carries, and what whoever starts the machine behind a tap has to know', async () => {
    const tap = { port: 'tap', device: 'wgabc', engineDevice: 'weabc', mac: '02:04:0a:00:00:05' } as const;
    const fastPath = {
      mode: 'tc',
      tables: [
        { table: 'locations', entries: 850, most: 1000 },
        { table: 'pairs', entries: 0, most: 1000 },
      ],
      handedOver: { fragment: 3, 'by-engine': 4 },
      lostEvents: 0,
      flows: [],
    };
    const { out } = await both([], { ...agent, fastPath, guests: agent.guests.map((each) => ({ ...each, ...tap })) });
    expect(out).toContain('fast path by tc, 850 of 1000 locations, 0 of 1000 pairs\n');
    expect(out).toContain('packets that it left to the engine: 3 fragment, 4 by-engine\n');
    expect(out).toContain("the fast path's table of locations is nearly full (850 of 1000)");
    expect(out).not.toContain('table of pairs');
    expect(out).toContain('tap wgabc, 02:04:0a:00:00:05  running');
    expect((await both([])).out).not.toContain('fast path');
  });

  it('prints both as JSON, and an error in the place of the one that is missing', async () => {
    expect(JSON.parse((await both(['--json'])).out)).toEqual({
      controller: { status: controller, hosts: [] },
      agents: [agent],
    });
    const alone = await both(['--json', '--controller', '/nonexistent/c.sock']);
    expect(alone.code).toBe(0);
    expect(JSON.parse(alone.out)).toMatchObject({ controller: { error: expect.stringContaining('cannot reach') } });
  });
});
