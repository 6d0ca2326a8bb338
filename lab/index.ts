/** What other folders use of the lab: the command line, the end-to-end tests, the benchmarks, the demo. */
export type { StageDone } from './build.ts';
export type { LabFile } from './file.ts';
export { Lab, type LabOptions, openLab } from './lab.ts';
export { type PlainPlace, type PlainRouting, plainRouting } from './plain-routing.ts';
export type { LabHost } from './plan.ts';
export { defaultStateRoot, labNames } from './record.ts';
export type { RunResult } from './run.ts';
export { type TornDown, tearDown } from './teardown.ts';
export { type UpOptions, upLab } from './up.ts';
