/** `weft doctor` as functions: gather, judge. `weft bundle` uses the same. */
import { type Judged, judgeAll } from './check.ts';
import { machineChecks } from './checks-machine.ts';
import { weftChecks } from './checks-weft.ts';
import type { Facts } from './facts.ts';

export const checks = [...machineChecks, ...weftChecks];

export function judge(facts: Facts): readonly Judged[] {
  return judgeAll(checks, facts);
}
