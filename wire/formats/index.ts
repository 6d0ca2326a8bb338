/** Every format Weft speaks, in the order of their ids. A new format is one more row. */
import { gni10, gni11 } from './gni.ts';
import type { Layout } from './layout.ts';

export const layouts = [gni10, gni11] as const satisfies readonly Layout[];

export type FormatName = (typeof layouts)[number]['name'] & string;

export function layoutByName(name: string): Layout | undefined {
  return layouts.find((layout) => layout.name === name);
}

export function layoutById(id: number): Layout | undefined {
  return layouts.find((layout) => layout.id === id);
}
