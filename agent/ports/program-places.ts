/**
 * The place for programs on a device (tc's clsact) is made by the fast path where none is. The one who takes the last
 * program off takes it off too; with programs of others in it, it stays.
 */
import type { RunResult } from '../run.ts';

type Run = (command: string, args: readonly string[]) => Promise<RunResult>;

/** As native/fastpath/devices.cpp attaches. */
const ourPriority = 0x5746;

/** Devices of the host's own (guests' go with their guests) that carry a program of ours. */
export async function devicesWithPrograms(run: Run): Promise<readonly string[]> {
  const places = listed(await run('tc', ['-j', 'qdisc', 'show']))
    .filter(({ kind, dev }) => kind === 'clsact' && !/^w[ge]/.test(String(dev)))
    .map(({ dev }) => String(dev));
  const filters = await Promise.all(places.map((device) => programs(run, device)));
  return places.filter((_, i) => filters[i]?.some(({ kind, pref }) => kind === 'bpf' && pref === ourPriority));
}

export async function removeEmptyPlaces(run: Run, devices: readonly string[]): Promise<void> {
  for (const device of devices) {
    const left = await programs(run, device);
    if (left.length === 0) await run('tc', ['qdisc', 'delete', 'dev', device, 'clsact']);
  }
}

/** Both ways: others may have one only at egress. What cannot be asked counts as somebody's. */
async function programs(run: Run, device: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const ways = await Promise.all(
    ['ingress', 'egress'].map((way) => run('tc', ['-j', 'filter', 'show', 'dev', device, way])),
  );
  return ways.flatMap((answer) => (answer.ok ? listed(answer) : [{ kind: 'unknown' }]));
}

function listed(answer: RunResult): readonly Readonly<Record<string, unknown>>[] {
  if (!answer.ok) return [];
  try {
    const list: unknown = JSON.parse(answer.stdout.trim() || '[]');
    return Array.isArray(list) ? list : [{ kind: 'unknown' }];
  } catch {
    return [{ kind: 'unknown' }];
  }
}
