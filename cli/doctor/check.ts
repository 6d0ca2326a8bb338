/** A check of `weft doctor`: a name and a pure judgement over gathered facts. */
import type { Facts } from './facts.ts';

export type Verdict = 'ok' | 'warning' | 'problem';

export interface Finding {
  readonly verdict: Verdict;
  /** One sentence: what is so. */
  readonly says: string;
  /** What to do about it; of warnings and problems. */
  readonly fix?: string;
}

export interface Check {
  readonly name: string;
  /** Empty: it does not concern this machine, or nothing could be read. */
  readonly judge: (facts: Facts) => readonly Finding[];
}

export type Judged = Finding & { readonly check: string };

export const ok = (says: string): Finding => ({ verdict: 'ok', says });
export const warning = (says: string, fix: string): Finding => ({ verdict: 'warning', says, fix });
export const problem = (says: string, fix: string): Finding => ({ verdict: 'problem', says, fix });

export function judgeAll(checks: readonly Check[], facts: Facts): readonly Judged[] {
  return checks.flatMap(({ name, judge }) => judge(facts).map((finding) => ({ check: name, ...finding })));
}
