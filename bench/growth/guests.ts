/** What one pair of guests gets as the number of guests on each host grows, the others being idle. */

import { setTimeout as pause } from 'node:timers/promises';
import { Problem } from '../../cli/problem.ts';
import type { Lab } from '../../lab/index.ts';
import type { Skipped } from '../contender.ts';
import { addGuests, selected, topologyOf, upHosts, type WeftOptions } from '../contenders/weft.ts';
import type { Curves, GrowthOptions } from './curves.ts';

const counts = [1, 10, 100, 1000] as const;
/** Guests that are not there by then are not waited for, and no more are made. */
const makeWithinMs = 60_000;
const quietMs = 3000;

/** Notes of what was left out. */
export async function growGuests(
  weft: WeftOptions,
  curves: Curves,
  options: GrowthOptions,
): Promise<readonly string[]> {
  await using stack = new AsyncDisposableStack();
  const lab = await upWhenQuiet({ ...weft, path: `g-${weft.path}` }, options.signal);
  if ('skipped' in lab) return [`${weft.path} as guests grow: ${lab.skipped}`];
  stack.use(lab);
  const topology = topologyOf(lab, weft.path);
  let made = 0;
  for (const count of counts) {
    options.onProgress(`${weft.path}: making ${count - made} more guests on each host`);
    const began = performance.now();
    const late = await makeWithin(lab, weft, { from: made + 1, to: count, signal: options.signal });
    if (late !== undefined) return [`${weft.path} as guests grow: ${late}`];
    const tookMs = performance.now() - began;
    if (made === 0) await selected(lab, weft.encapsulation);
    const point = { path: weft.path, grows: 'guests', count } as const;
    // One guest is waited for longer than it takes.
    if (made > 0) curves.add(point, { name: 'guests_per_s', unit: 'guests/s' }, (2000 * (count - made)) / tookMs);
    made = count;
    await curves.measure(point, topology, options);
    const [agent] = topology.footprint?.() ?? [];
    if (agent !== undefined) curves.add(point, { name: 'resident', unit: agent.unit }, agent.values[0] ?? Number.NaN);
  }
  return [];
}

/** While the kernel still takes away a thousand namespaces, devices of new ones are not up when their agent starts. */
async function upWhenQuiet(weft: WeftOptions, signal: AbortSignal, attempts = 3): Promise<Lab | Skipped> {
  try {
    return await upHosts(weft);
  } catch (error) {
    signal.throwIfAborted();
    if (attempts <= 1 || !(error instanceof Problem)) throw error;
    await pause(quietMs, undefined, { signal });
    return upWhenQuiet(weft, signal, attempts - 1);
  }
}

/** Undefined: they all run. */
async function makeWithin(
  lab: Lab,
  { port }: WeftOptions,
  { from, to, signal }: { readonly from: number; readonly to: number; readonly signal: AbortSignal },
): Promise<string | undefined> {
  const late = AbortSignal.timeout(makeWithinMs);
  try {
    await addGuests(lab, port, { from, to, signal: AbortSignal.any([signal, late]) });
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    if (!late.aborted) throw error;
    const running = (await lab.api.guests()).filter(({ phase }) => phase === 'running').length;
    return `of ${to} guests on each host ${Math.floor(running / 2)} ran within ${makeWithinMs / 1000} s, no more were made`;
  }
}
