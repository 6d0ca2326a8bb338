import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { agentMetrics } from '../../wire/metrics/agent.ts';
import { otherLabel } from '../../wire/metrics/metric.ts';
import { readExposition } from '../../wire/metrics/test-reader.ts';
import { systemClock } from '../clock.ts';
import { FakeHost } from '../fake-agent.ts';
import { FakeController } from '../fake-parts.ts';
import { red, sessionWithB as session, web } from '../fake-resources.ts';
import { nameMost } from './naming.ts';
import { readinessOf } from './readiness.ts';
import { AgentWatched } from './watched.ts';

const traffic = { out: { packets: 3, bytes: 300 }, in: { packets: 4, bytes: 400 }, drops: 5 };

describe('the metrics of an agent', () => {
  let host: FakeHost;
  let controller: FakeController;
  beforeEach(async () => {
    host = new FakeHost();
    controller = await FakeController.listen(3);
  });
  afterEach(async () => {
    await host.close();
    await controller.close();
  });

  it('say what the host holds, what it carried and how its control session is', async () => {
    const agent = await host.connect(controller);
    await controller.update([red, web, session]);
    host.native.counted.set(0, { ...traffic, stalls: 2 });
    const watched = new AgentWatched(agent, systemClock);
    const { samples } = readExposition(watched.metrics());
    watched.close();
    const values = Object.fromEntries(samples);
    expect(values).toMatchObject({
      'weft_agent_info{host="a",version="0.1.0"}': 1,
      weft_agent_ready: 1,
      weft_agent_control_connected: 1,
      weft_agent_control_epoch: 3,
      weft_agent_control_connects_total: 1,
      weft_agent_control_failures_total: 0,
      'weft_agent_ports{kind="tun",executor="engine"}': 1,
      'weft_agent_guests{phase="running"}': 1,
      'weft_agent_guests{phase="failed"}': 0,
      'weft_agent_sessions{state="sending"}': 1,
      'weft_agent_drops_total{reason="no-route"}': 0,
      'weft_agent_offload_on{offload="udpGso"}': 1,
      'weft_agent_fast_path{mode="engine"}': 1,
      'weft_agent_events_total{code="agent-started"}': 1,
      'weft_agent_events_total{code="guest-running"}': 1,
      'weft_guest_packets_total{guest="web",direction="out"}': 0,
      'weft_peer_packets_total{peer="b",direction="out"}': 3,
      'weft_peer_bytes_total{peer="b",direction="in"}': 400,
      'weft_peer_drops_total{peer="b"}': 5,
      'weft_peer_stalls_total{peer="b"}': 2,
      'weft_peer_path_mtu_bytes{peer="b"}': 1500,
    });
    expect(values.weft_agent_resident_bytes).toBeGreaterThan(1e6);
  });

  it('count what was met and asked for, and sessions that ended', async () => {
    const agent = await host.connect(controller);
    host.native.emit({ kind: 'miss', side: 'destination', gni: 7, address: '10.0.0.9' });
    const again = controller.next('hello');
    controller.cut();
    await again;
    await controller.update([]);
    const watched = new AgentWatched(agent, systemClock);
    const { samples } = readExposition(watched.metrics());
    watched.close();
    expect(samples.get('weft_agent_mapping_misses_total')).toBe(1);
    expect(samples.get('weft_agent_control_connects_total')).toBe(2);
    expect(samples.get('weft_agent_control_failures_total')).toBe(1);
  });

  it('are all of the table, but for those of parts that this host does not have', async () => {
    const agent = await host.connect(controller);
    await controller.update([red, web, session]);
    const watched = new AgentWatched(agent, systemClock);
    const { types } = readExposition(watched.metrics());
    watched.close();
    const missing = agentMetrics.map(({ name }) => name).filter((name) => !types.has(name));
    expect(missing).toEqual([
      // No key, no fast path, no flow file, no raw socket.
      'weft_agent_key_age_seconds',
      'weft_agent_key_epochs',
      'weft_agent_handed_over_total',
      'weft_agent_fast_path_entries',
      'weft_agent_fast_path_entries_most',
      'weft_agent_fast_path_lost_events_total',
      'weft_agent_flow_records_total',
      'weft_agent_flow_records_lost_total',
      'weft_peer_round_trip_seconds',
      'weft_peer_lost_ratio',
    ]);
  });

  it('is not ready before guests are restored, nor while it stops', async () => {
    const agent = await host.open(controller.url);
    const watched = new AgentWatched(agent, systemClock);
    expect(watched.readiness()).toMatchObject({ ready: false });
    await agent.run();
    expect(watched.readiness()).toMatchObject({ ready: true });
    await host.close();
    expect(watched.readiness()).toMatchObject({ ready: false });
    watched.close();
    host = new FakeHost();
  });
});

describe('readiness', () => {
  const running = { phase: 'running', workerAgeMs: [0, 4000], aloneMs: undefined } as const;
  it.each([
    [running, true, 'ready'],
    [{ ...running, aloneMs: 12_400 }, true, /^ready, without a controller for 12 s/],
    [{ ...running, workerAgeMs: [0, 6100] }, false, /worker 1 of the engine has not answered for 6 s/],
    [{ ...running, phase: 'starting' as const }, false, /restored/],
    [{ ...running, phase: 'stopping' as const }, false, /stopping/],
  ])('of %o is %s', (facts, ready, detail) => {
    expect(readinessOf(facts)).toEqual({ ready, detail: expect.stringMatching(detail) });
  });
});

describe('names in metrics', () => {
  it('are bounded; what is left out is added up', () => {
    const counted = new Map(['c', 'a', 'd', 'b'].map((name) => [name, { ...traffic, stalls: 1 }]));
    const { parts, unnamed } = nameMost(counted, 2);
    expect(parts.map(([name]) => name)).toEqual(['a', 'b', otherLabel]);
    expect(parts[2]?.[1]).toEqual({
      out: { packets: 6, bytes: 600 },
      in: { packets: 8, bytes: 800 },
      drops: 10,
      stalls: 2,
    });
    expect(unnamed).toBe(2);
  });
});
