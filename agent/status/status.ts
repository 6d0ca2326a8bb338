/** The agent's status as one value: what the endpoint answers as JSON and shows as a page. */
import { parseAddress } from '../../wire/address.ts';
import type { Guest, PortKind } from '../../wire/control.ts';
import type { AgentStatus } from '../../wire/status.ts';
import { version } from '../../wire/version.ts';
import type { Agent } from '../agent.ts';
import { macOf } from '../apply/ports.ts';
import { describeExit } from '../commands/supervisor.ts';
import type { Counters } from '../datapath/counters.ts';
import { guestInterface } from '../ports/system.ts';

const noTraffic = { packets: 0, bytes: 0 } as const;
const noCounters = { out: noTraffic, in: noTraffic, drops: 0 } as const;

export function readStatus(agent: Agent): AgentStatus {
  const { config, store, datapath, journal } = agent;
  const counters = datapath.counters();
  return {
    host: config.host,
    version,
    pid: process.pid,
    startedMs: agent.startedMs,
    substrateAddresses: config.substrateAddresses,
    udpPort: config.udpPort,
    session: sessionStatus(agent),
    capabilities: agent.capabilities(),
    networks: [...store.desired.networks.values()].map(({ body: { gni, name, prefixes } }) => ({
      gni,
      name,
      prefixes,
    })),
    guests: guestsStatus(agent, counters.guests),
    peers: peersStatus(agent, counters.peers),
    mappings: [...store.desired.mappings.values()].map(({ body: { gni, address, host, version } }) => ({
      gni,
      address,
      ...(host === undefined ? {} : { host }),
      version,
    })),
    ...keysStatus(agent),
    ...fastPathStatus(agent, counters),
    drops: counters.drops,
    local: counters.local,
    offloads: counters.offloads,
    ...(counters.receiveOverflows === 0 ? {} : { receiveOverflows: counters.receiveOverflows }),
    ...(counters.portOverflows === 0 ? {} : { portOverflows: counters.portOverflows }),
    waitingPackets: counters.waiting,
    workerAgeMs: counters.workerAgeMs,
    errors: [
      ...journal.errors(),
      ...(counters.lastSendError === undefined
        ? []
        : [{ timeMs: Date.now(), where: 'send', message: counters.lastSendError }]),
    ],
  };
}

function sessionStatus(agent: Agent): AgentStatus['session'] {
  const { session, store } = agent;
  const { phase, sinceMs, lastError } = session.state;
  const state = phase.name === 'connected' ? 'connected' : phase.name === 'waiting' ? 'waiting' : 'connecting';
  return {
    state,
    controller: session.controller,
    sinceMs: agent.shownMs(sinceMs),
    epoch: store.epoch,
    ...(lastError === undefined ? {} : { lastError }),
    ...(phase.name === 'waiting' ? { retryAtMs: agent.shownMs(phase.retryAtMs) } : {}),
  };
}

/** Public halves only. */
function keysStatus(agent: Agent): Pick<AgentStatus, 'keys'> {
  const held = agent.keyring.status();
  if (held === undefined) return {};
  const { identity, epoch, sinceMs, older } = held;
  return { keys: { identity, epoch, sinceMs: agent.shownMs(sinceMs), older } };
}

function fastPathStatus({ datapath }: Agent, { fastPath: sums }: Counters): Pick<AgentStatus, 'fastPath'> {
  const seen = datapath.fastPath();
  if (seen === undefined || sums === undefined) return {};
  const { mode, former, flows } = seen;
  const { tables, lostEvents } = sums;
  const handedOver = Object.fromEntries(Object.entries(sums.handedOver).filter(([, count]) => count > 0));
  return { fastPath: { mode, ...(former === undefined ? {} : { former }), tables, handedOver, lostEvents, flows } };
}

function guestsStatus(agent: Agent, counters: Counters['guests']): AgentStatus['guests'] {
  const { host, store } = agent;
  return [...store.desired.guests].map(([name, { body }]) => {
    const state = host.guests.state(name);
    const record = store.commands.get(name);
    const phase = state?.phase === 'running' || state?.phase === 'failed' ? state.phase : 'preparing';
    return {
      name,
      gni: body.gni,
      ...portStatus(agent, body, state?.port),
      addresses: body.addresses,
      phase,
      ...(state?.detail ? { detail: state.detail } : {}),
      mtu: state?.mtu ?? 0,
      ...(record === undefined
        ? {}
        : {
            command: {
              argv: record.argv,
              state: record.state,
              ...(record.state === 'running' ? { pid: record.process.pid } : { exit: describeExit(record) }),
            },
          }),
      ...(counters.get(name) ?? noCounters),
    };
  });
}

type PortStatus = Pick<
  AgentStatus['guests'][number],
  'namespace' | 'interface' | 'port' | 'executor' | 'device' | 'engineDevice' | 'mac'
>;

function portStatus({ system, devices, datapath }: Agent, guest: Guest, port: PortKind | undefined): PortStatus {
  const inside = { namespace: system.nameOf(guest.name), interface: guestInterface };
  if (port === undefined) return inside;
  const executor = datapath.executorOf(guest.name);
  if (port === 'tun') return { ...inside, port, executor };
  const { device, engineDevice } = devices.names(guest.name);
  const place = port === 'tap' ? { namespace: '', interface: device } : inside;
  return { ...place, port, executor, device, engineDevice, mac: macOf(guest) };
}

function peersStatus(agent: Agent, counters: Counters['peers']): AgentStatus['peers'] {
  return [...agent.store.desired.sessions].map(([name, { body }]) => {
    const measured = agent.prober?.measurement(name);
    const { send, accept, none, pairs } = agent.host.inForce(name) ?? body;
    const findings = agent.peers.result(name)?.findings ?? [];
    const { out, in: received, drops, dropReasons } = counters.get(name) ?? { ...noCounters, dropReasons: {} };
    return {
      host: name,
      address: parseAddress(body.address) ?? body.address,
      ...(send === undefined ? {} : { send }),
      accept,
      ...(none ? { none } : {}),
      ...(pairs.length === 0 ? {} : { pairs: pairs.length }),
      generation: body.generation,
      reasons: body.reasons,
      pathMtu: agent.host.pathMtu(name),
      ...(measured === undefined || measured.roundTripUs === 0 ? {} : { roundTripUs: measured.roundTripUs }),
      ...(measured === undefined ? {} : { lostPercent: measured.lostPercent }),
      out,
      in: received,
      drops,
      ...(findings.length === 0 ? {} : { findings }),
      ...(Object.keys(dropReasons).length === 0 ? {} : { dropReasons }),
    };
  });
}
