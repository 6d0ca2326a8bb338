/** What one pair of guests gets as the mappings in its hosts' tables grow, and how long they take to load. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { plainRouting } from '../../lab/plain-routing.ts';
import { run } from '../../lab/run.ts';
import { loadNative } from '../../native/index.ts';
import type { Topology } from '../contender.ts';
import { wireOf } from '../mode.ts';
import { LineProcess } from '../probe.ts';
import type { Curves, GrowthOptions } from './curves.ts';
import type { HostSetup } from './host.ts';

const counts = [0, 10_000, 1_000_000] as const;
const loadedWithinMs = 60_000;

const sides = [
  {
    host: 'left',
    guest: 'near',
    substrate: { own: '198.18.0.1', peer: '198.18.0.2' },
    overlay: { own: '10.128.0.1', peer: '10.128.0.2' },
  },
  {
    host: 'right',
    guest: 'far',
    substrate: { own: '198.18.0.2', peer: '198.18.0.1' },
    overlay: { own: '10.128.0.2', peer: '10.128.0.1' },
  },
] as const;

export interface MappingsOptions {
  readonly path: string;
  readonly executor: HostSetup['executor'];
}

/** Notes of what was left out. */
export async function growMappings(
  { path, executor }: MappingsOptions,
  curves: Curves,
  options: GrowthOptions,
): Promise<readonly string[]> {
  const lacking = executor === 'tc' ? fastPathProblem() : undefined;
  if (lacking !== undefined) return [`${path} as mappings grow: ${lacking}`];
  await using stack = new AsyncDisposableStack();
  const network = stack.use(await plainRouting({ name: `wb-m-${path}` }));
  const hosts: LineProcess[] = [];
  for (const { host, guest, substrate, overlay } of sides) {
    // A bpffs may be mounted here by the host's process: it goes with the folder.
    const directory = stack.adopt(mkdtempSync(join(tmpdir(), 'wb-bpf-')), removeMounted);
    const setup: HostSetup = { executor, substrate, overlay, guest: network.namespaceOf(guest), directory };
    const argv = [process.execPath, join(import.meta.dirname, 'host.ts'), JSON.stringify(setup)];
    const started = stack.use(new LineProcess(`${path} on ${host}`, network.spawn(host, argv, { stdio: 'pipe' })));
    await started.answer(loadedWithinMs);
    hosts.push(started);
  }
  const places = { client: 'near', server: 'far' } as const;
  const topology: Topology = {
    path,
    serverAddress: sides[1].overlay.own,
    wire: wireOf(network),
    exec: (end, argv, how) => network.exec(places[end], argv, how),
    spawn: (end, argv, how) => network.spawn(places[end], argv, how),
    [Symbol.asyncDispose]: () => network.down(),
  };
  for (const count of counts) {
    options.signal.throwIfAborted();
    const point = { path, grows: 'mappings', count } as const;
    for (const host of hosts) {
      const { ms } = await host.ask<{ readonly ms: number }>(String(count), loadedWithinMs);
      if (count > 0) curves.add(point, { name: 'load_ms', unit: 'ms' }, ms);
    }
    await curves.measure(point, topology, options);
  }
  return [];
}

/** Undefined: this build and this kernel have it. */
function fastPathProblem(): string | undefined {
  const native = loadNative();
  if (typeof native.probeFastPath !== 'function') return 'this build has no fast path';
  const { modes, problems } = native.probeFastPath();
  return modes.includes('tc') ? undefined : problems.join('; ');
}

async function removeMounted(directory: string): Promise<void> {
  await run(['umount', directory]);
  rmSync(directory, { recursive: true, force: true });
}
