/** What the doctor found, for people: what is wrong first, then how to mend it; all that is well on request. */
import type { Output, Style } from '../output.ts';
import type { Judged, Verdict } from './check.ts';

const styles: Readonly<Record<Verdict, Style>> = { ok: 'green', warning: 'yellow', problem: 'red' };
const order: readonly Verdict[] = ['problem', 'warning', 'ok'];

export function showFindings(output: Output, found: readonly Judged[]): void {
  const checkWidth = Math.max(0, ...found.map(({ check }) => check.length));
  for (const verdict of order) {
    for (const { check, says, fix } of found.filter((each) => each.verdict === verdict)) {
      output.line(`${output.style(styles[verdict], verdict.padEnd(7))}  ${check.padEnd(checkWidth)}  ${says}`);
      if (fix !== undefined) output.line(`${' '.repeat(7)}  ${' '.repeat(checkWidth)}  → ${fix}`);
    }
  }
  output.line(conclusion(found));
}

export function conclusion(found: readonly Judged[]): string {
  const count = (verdict: Verdict) => found.filter((each) => each.verdict === verdict).length;
  const [problems, warnings, well] = [count('problem'), count('warning'), count('ok')];
  return `${problems} problem${problems === 1 ? '' : 's'}, ${warnings} warning${warnings === 1 ? '' : 's'}, ${well} ok`;
}
