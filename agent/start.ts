/** Puts a whole agent together and runs it: lock, checks, state, data plane, status, controller. */
import { join } from 'node:path';
import type { ServiceManager } from '../native/service.ts';
import { listenForWatchers } from '../wire/metrics/listener.ts';
import { Agent } from './agent.ts';
import { findAssets, findLinks } from './assets/assets.ts';
import { systemClock } from './clock.ts';
import { Supervisor } from './commands/supervisor.ts';
import type { AgentConfig } from './config.ts';
import { KeptCounts } from './datapath/kept-counts.ts';
import { KeptDescriptors } from './datapath/kept-descriptors.ts';
import { loadDataPlane } from './datapath/load.ts';
import { addLocalRoute } from './gni6.ts';
import { openKeptDirectory } from './keys/kept-directory.ts';
import { openKeyFiles } from './keys/keyring.ts';
import { type Lock, takeLock } from './lock.ts';
import { openLog } from './log.ts';
import { AgentWatched } from './metrics/watched.ts';
import { LinuxDevices } from './ports/devices.ts';
import { LinuxNamespaces } from './ports/namespaces.ts';
import { checkMachine, MissingError, substrateReady } from './preflight.ts';
import { openIcmp } from './probes/icmp.ts';
import { reload } from './reload.ts';
import { sentenceOf } from './service/sentence.ts';
import { beWatched } from './service/watched.ts';
import { diskError, isDiskError } from './state/disk.ts';
import { StateStore } from './state/store.ts';
import { serveStatus } from './status/server.ts';
import { readStatus } from './status/status.ts';
import { trustDirectory } from './trust/files.ts';
import { HostTrust } from './trust/host-trust.ts';

export interface RunningAgent {
  readonly agent: Agent;
  /** Reads the file again: see `reload.ts`. */
  reload(file: string): Promise<void>;
  /** Guests, their ports and programs stay. */
  stop(): Promise<void>;
}

/**
 * Ends when guests are as they were when the agent last ran and the controller is being connected to.
 * Throws an Error whose message is one clear sentence: a MissingError when the machine lacks something.
 */
export async function startAgent(config: AgentConfig, manager: ServiceManager): Promise<RunningAgent> {
  const log = openLog(config.host, config.log.level);
  const clock = systemClock;
  checkMachine();
  await substrateReady(clock, config.substrateAddresses);
  const native = loadDataPlane();
  const lock = lockOf(config.stateDirectory);
  if (!lock.ok) throw new MissingError(lock.why);
  try {
    const kept = config.keys.directory === undefined ? undefined : openKeptDirectory(config.keys.directory);
    const gni6Problem = await addLocalRoute(config);
    const [counts, store, keys, assets] = await Promise.all([
      KeptCounts.open(config.stateDirectory, clock),
      StateStore.open(config.stateDirectory, clock),
      openKeyFiles(config.stateDirectory, kept?.ok ? kept.path : undefined),
      findAssets(config.labels),
    ]);
    const system = new LinuxNamespaces(config.stateDirectory, config.namespacePrefix, clock);
    const directory = join(config.stateDirectory, 'commands');
    const agent = new Agent({
      config,
      clock,
      log,
      store,
      keys,
      keysNotKept: kept?.ok === false ? kept.why : undefined,
      trust: new HostTrust({
        ...{ host: config.host, joinTokenFile: config.joinTokenFile, clock, log },
        directory: trustDirectory(config.stateDirectory),
      }),
      native,
      counts,
      descriptors: keptBy(manager, config.statusSocket),
      gni6Problem,
      system,
      devices: new LinuxDevices(config.host),
      commands: (onChange) => new Supervisor({ directory, log, clock, onChange }),
      assets,
      findAssets,
      findLinks,
      openIcmp,
    });
    const watched = new AgentWatched(agent, clock);
    manager.onFailure = (sentence) => agent.journal.error('service manager', sentence);
    const source = { watched, read: () => readStatus(agent), rotateKeys: () => agent.rotateKeys() };
    const status = await serveStatus(config.statusSocket, source, undefined, manager.listenerOn(config.statusSocket));
    const unwatched = beWatched({
      clock,
      manager,
      workerAgesMs: () => agent.datapath.workerAgesMs(),
      sentence: () => sentence(agent),
      stuck: (message) => agent.journal.error('engine', message),
    });
    const watchers = await watchPort(agent, watched, config);
    await agent.run();
    manager.ready(sentence(agent));
    return {
      agent,
      reload: async (file) => {
        manager.reloading();
        await reload(agent, log, file).finally(() => manager.ready(sentence(agent)));
      },
      stop: async () => {
        manager.stopping('hands its ports over to the next agent');
        unwatched();
        await agent.stop();
        await watchers?.close();
        await status.close();
        watched.close();
        lock.release();
        log.info('agent stopped; guests keep their ports');
      },
    };
  } catch (error) {
    lock.release();
    throw unwritable(error);
  }
}

/** Guests do not wait for whoever watches them: a port that is taken is a problem that is told. */
async function watchPort(agent: Agent, watched: AgentWatched, { metrics }: AgentConfig) {
  if (metrics === undefined) return undefined;
  try {
    return await listenForWatchers(watched, metrics.address, metrics.port);
  } catch (error) {
    agent.journal.error('metrics', (error as Error).message);
    return undefined;
  }
}

/** Sockets that it listens on for us are no business of the data plane's. */
function keptBy(manager: ServiceManager, statusSocket: string): KeptDescriptors {
  const listener = manager.listenerOn(statusSocket);
  return new KeptDescriptors(
    manager,
    manager.handedOver.filter(({ fd }) => fd !== listener),
  );
}

function sentence({ host, session }: Agent): string {
  const { controller, connected, state } = session;
  return sentenceOf({ guests: host.guests.states(), controller, connected, lastError: state.lastError });
}

function lockOf(stateDirectory: string): Lock {
  try {
    return takeLock(stateDirectory);
  } catch (error) {
    throw unwritable(error, stateDirectory);
  }
}

/** An agent that cannot write its state would forget what it holds: better that it says so and ends. */
function unwritable(error: unknown, usualPath = ''): unknown {
  const path = (error as NodeJS.ErrnoException).path ?? usualPath;
  if (!isDiskError(error, path)) return error;
  return new MissingError(`${diskError(path, error).message}, then start the agent again`);
}
