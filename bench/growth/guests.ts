/** What one pair of guests gets as the number of guests on each host grows, the others being idle. */
import { addGuests, selected, topologyOf, upHosts, type WeftOptions } from '../contenders/weft.ts';
import type { Curves, GrowthOptions } from './curves.ts';

const counts = [1, 10, 100, 1000] as const;
/** Guests that take longer to make than this end the growth. */
const makeWithinMs = 60_000;

/** Notes of what was left out. */
export async function growGuests(
  weft: WeftOptions,
  curves: Curves,
  options: GrowthOptions,
): Promise<readonly string[]> {
  await using stack = new AsyncDisposableStack();
  const lab = await upHosts({ ...weft, path: `g-${weft.path}` });
  if ('skipped' in lab) return [`${weft.path} as guests grow: ${lab.skipped}`];
  stack.use(lab);
  const topology = topologyOf(lab, weft.path);
  let made = 0;
  for (const count of counts) {
    options.signal.throwIfAborted();
    options.onProgress(`${weft.path}: making ${count - made} more guests on each host`);
    const began = performance.now();
    await addGuests(lab, weft.port, { from: made + 1, to: count, signal: options.signal });
    const tookMs = performance.now() - began;
    if (made === 0) await selected(lab, weft.encapsulation);
    const point = { path: weft.path, grows: 'guests', count } as const;
    // One guest is waited for longer than it takes.
    if (made > 0) curves.add(point, { name: 'guests_per_s', unit: 'guests/s' }, (2000 * (count - made)) / tookMs);
    made = count;
    await curves.measure(point, topology, options);
    const [agent] = topology.footprint?.() ?? [];
    if (agent !== undefined) curves.add(point, { name: 'resident', unit: agent.unit }, agent.values[0] ?? Number.NaN);
    if (tookMs > makeWithinMs) {
      return [
        `${weft.path}: ${count} guests on each host took ${Math.round(tookMs / 1000)} s to make, no more were made`,
      ];
    }
  }
  return [];
}
