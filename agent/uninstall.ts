/** Takes an agent off the machine: guests, their namespaces and ports, keys, socket; and what it would begin from again. */
import { readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from './clock.ts';
import type { AgentConfig } from './config.ts';
import { removeFormerFastPath } from './datapath/fast-path.ts';
import { loadDataPlane } from './datapath/load.ts';
import { removeLocalRoute } from './gni6.ts';
import { identityFile } from './keys/identity.ts';
import { closeKeptDirectory } from './keys/kept-directory.ts';
import { keptEpochsFile, keyStatesFile } from './keys/kept-epochs.ts';
import { epochFile } from './keys/keyring.ts';
import { takeLock } from './lock.ts';
import { LinuxDevices } from './ports/devices.ts';
import { LinuxNamespaces } from './ports/namespaces.ts';
import { devicesWithPrograms, removeEmptyPlaces } from './ports/program-places.ts';
import { MissingError } from './preflight.ts';
import { run } from './run.ts';
import { answers } from './status/server.ts';

/** What of its state directory is about what was in the kernel. */
const passing = ['commands', 'namespaces'] as const;

/** And the rest, from which an agent comes back as after a reboot: as whom, and with which guests. */
const lasting = [
  'state.json',
  'state.json.new',
  'mappings.json',
  'mappings.json.new',
  'counters.json',
  'counters.json.new',
  'counters.json.now',
  identityFile,
  `${identityFile}.new`,
  epochFile,
  `${epochFile}.new`,
  'trust',
] as const;

/** And where keys outlive it. */
const kept = [
  keptEpochsFile,
  `${keptEpochsFile}.new`,
  keyStatesFile,
  `${keyStatesFile}.new`,
  'counters',
  'counters.new',
] as const;

export interface Removed {
  /** Guests whose namespaces and devices were removed. */
  readonly guests: readonly string[];
}

/**
 * Does again what a former call did not finish. Removes nothing that the agent has not made. With `keepState`, what is
 * removed is what a reboot would have removed.
 * Throws an Error with one clear sentence, such as when the agent still runs.
 */
export async function removeEverything(
  config: Pick<AgentConfig, 'host' | 'stateDirectory' | 'statusSocket' | 'namespacePrefix' | 'keys' | 'gni6'> & {
    readonly fastPath: Pick<AgentConfig['fastPath'], 'directory'>;
  },
  { keepState = false }: { readonly keepState?: boolean } = {},
): Promise<Removed> {
  const { host, stateDirectory, statusSocket, namespacePrefix, keys, fastPath } = config;
  const lock = takeLock(stateDirectory);
  if (!lock.ok) throw new MissingError(lock.why);
  try {
    const system = new LinuxNamespaces(stateDirectory, namespacePrefix, systemClock);
    const devices = new LinuxDevices(host);
    const guests = [...new Set([...(await system.owned()), ...(await devices.owned([]))])];
    // Programs first: they would go on by tables that nobody changes any more.
    const native = { removeFastPath: (directory: string) => loadDataPlane().removeFastPath(directory) };
    const places = await devicesWithPrograms(run);
    const problem = removeFormerFastPath(native, fastPath.directory);
    await removeEmptyPlaces(run, places);
    for (const guest of guests) {
      await devices.remove(guest);
      // The TUN device and everything else in a namespace goes with it.
      await system.removeNamespace(guest);
    }
    if (problem !== undefined) throw new Error(`the fast path cannot be removed: ${problem}`);
    for (const name of keepState ? passing : [...passing, ...lasting])
      rmSync(join(stateDirectory, name), { recursive: true, force: true });
    if (keys.directory !== undefined) removeKept(keys.directory);
    await removeLocalRoute(config);
    if (!(await answers(statusSocket))) rmSync(statusSocket, { force: true });
    return { guests };
  } finally {
    lock.release();
    if (readdirSync(stateDirectory).length === 0) rmdirSync(stateDirectory);
  }
}

function removeKept(directory: string): void {
  for (const name of kept) rmSync(join(directory, name), { force: true });
  closeKeptDirectory(directory);
}
