/** What a daemon may take of a machine, and whether it does. Pure. */
import { median } from '../samples.ts';

export interface DaemonSample {
  readonly what: string;
  readonly unit: string;
  readonly values: readonly number[];
}

const most: Readonly<Record<string, number>> = {
  'agent, idle: resident': 100,
  'agent, idle: processor': 0.5,
  'agent, start to ready': 1.5,
  'agent, 100 guests: resident': 200,
  'controller, 100 hosts with 5 guests each: resident': 200,
};

export type What = keyof typeof most;

/** One row for each: measured, spread, bound, reached or not. */
export function daemonTable(samples: readonly DaemonSample[]): string {
  if (samples.length === 0) return '';
  const rows = samples.map(({ what, unit, values }) => {
    const bound = most[what];
    const middle = median(values);
    const verdict = bound === undefined ? '' : middle <= bound ? 'reached' : '**not reached**';
    const spread = values.length < 2 ? '' : `${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)}`;
    return `| ${what} | ${middle.toFixed(2)} ${unit} | ${spread} | ${bound === undefined ? '' : `≤ ${bound} ${unit}`} | ${verdict} |`;
  });
  return ['## Daemons', '', '| what | median | spread | aim | |', '| --- | --- | --- | --- | --- |', ...rows, ''].join(
    '\n',
  );
}
