/** Puts a whole agent together and runs it: lock, checks, state, data plane, status, controller. */
import { join } from 'node:path';
import { listenForWatchers } from '../wire/metrics/listener.ts';
import { Agent } from './agent.ts';
import { findAssets, findLinks } from './assets/assets.ts';
import { systemClock } from './clock.ts';
import { Supervisor } from './commands/supervisor.ts';
import type { AgentConfig } from './config.ts';
import { KeptCounts } from './datapath/kept-counts.ts';
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
export async function startAgent(config: AgentConfig): Promise<RunningAgent> {
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
    const status = await serveStatus(config.statusSocket, {
      watched,
      read: () => readStatus(agent),
      rotateKeys: () => agent.rotateKeys(),
    });
    const watchers = config.metrics && (await listenForWatchers(watched, config.metrics.address, config.metrics.port));
    await agent.run();
    return {
      agent,
      reload: (file) => reload(agent, log, file),
      stop: async () => {
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
