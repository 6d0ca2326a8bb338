/** What grows, one after the other; what this build or machine cannot do is told and left out. */
import type { WeftOptions } from '../contenders/weft.ts';
import type { Growth } from '../report.ts';
import { Curves, type GrowthOptions } from './curves.ts';
import { growGuests } from './guests.ts';
import { growMappings } from './mappings.ts';

const plain = { format: 'gni 1.0' } as const;
const engine: WeftOptions = { path: 'engine-plain', fastPath: 'off', port: 'tun', encapsulation: plain };
const fastPath: WeftOptions = { path: 'fastpath-tc', fastPath: 'tc', port: 'veth', encapsulation: plain };

type Grow = (curves: Curves, options: GrowthOptions) => Promise<readonly string[]>;

const parts: readonly (readonly [string, Grow])[] = [
  ['mappings, engine-plain', (...rest) => growMappings({ path: 'engine-plain', executor: 'engine' }, ...rest)],
  ['mappings, fastpath-tc', (...rest) => growMappings({ path: 'fastpath-tc', executor: 'tc' }, ...rest)],
  ['guests, engine-plain', (...rest) => growGuests(engine, ...rest)],
  ['guests, fastpath-tc', (...rest) => growGuests(fastPath, ...rest)],
];

/** `failed`: something that should have been measured was not. */
export async function measureGrowth(options: GrowthOptions): Promise<Growth & { readonly failed: boolean }> {
  const curves = new Curves();
  const notes: string[] = [];
  let failed = false;
  for (const [name, grow] of parts) {
    options.signal.throwIfAborted();
    try {
      notes.push(...(await grow(curves, options)));
    } catch (error) {
      options.signal.throwIfAborted();
      failed = true;
      notes.push(`${name} failed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  for (const note of notes) options.onProgress(note);
  return { curves: curves.all(), notes, failed };
}
