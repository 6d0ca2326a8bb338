/** Every generated file: path from the project's root → content. `main.ts` writes them, a test compares them. */
import { cHeader } from './c-header.ts';
import { controlModule } from './control-module.ts';
import { dissector } from './dissector.ts';
import { eventsReference } from './events-reference.ts';
import { flowsReference } from './flows-reference.ts';
import { logReference } from './log-reference.ts';
import { metricsReference } from './metrics-reference.ts';
import { referenceTables } from './reference-tables.ts';
import { vectors } from './vectors.ts';

export function generated(): ReadonlyMap<string, string> {
  const control = controlModule();
  return new Map([
    ['native/gen/weft_wire.h', cHeader()],
    ['wire/gen/vectors.json', vectors()],
    ['wire/gen/gni.lua', dissector()],
    ['wire/gen/control.js', control.js],
    ['wire/gen/control.d.ts', control.dts],
    ['docs/gen/wire.md', referenceTables()],
    ['docs/gen/metrics.md', metricsReference()],
    ['docs/gen/events.md', eventsReference()],
    ['docs/gen/logs.md', logReference()],
    ['docs/gen/flows.md', flowsReference()],
  ]);
}
