/** Every format Weft speaks, in the order of their ids. A new format is one more row. */
import { geneve } from './geneve.ts';
import { gni10, gni11 } from './gni-1.ts';
import { gni20 } from './gni-2.ts';
import { gni30 } from './gni-3.ts';
import { gni6 } from './gni6.ts';
import type { Layout } from './layout.ts';
import { vxlan } from './vxlan.ts';

export const layouts = [gni10, gni11, gni20, gni30, vxlan, geneve, gni6] as const satisfies readonly Layout[];

export type FormatName = (typeof layouts)[number]['name'] & string;

export function layoutByName(name: string): Layout | undefined {
  return layouts.find((layout) => layout.name === name);
}

export function layoutById(id: number): Layout | undefined {
  return layouts.find((layout) => layout.id === id);
}

/** The format of a packet that came by the carrier; undefined when its first byte is no version of ours. */
export function layoutOf(carrier: Layout['carrier'], firstByte: number | undefined): Layout | undefined {
  return layouts.find(
    (layout: Layout) =>
      layout.carrier === carrier && (layout.versionByte === undefined || layout.versionByte === firstByte),
  );
}
