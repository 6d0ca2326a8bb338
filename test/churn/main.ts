/** `make churn`: kills at random moments while guests come and go, in a lab of its own. */
import { parseArgs } from 'node:util';
import { upLab } from '../../lab/index.ts';
import { churn } from './churn.ts';
import { churnLab } from './region.ts';

const { values } = parseArgs({
  options: { kills: { type: 'string', default: '200' }, seed: { type: 'string', default: '1' } },
});
await using lab = await upLab(churnLab('weft-churn'));
const result = await churn(lab, {
  kills: Number(values.kills),
  seed: Number(values.seed),
  onProgress: (line) => console.log(line),
});
const ordered = result.recoveredMs.toSorted((a, b) => a - b);
const at = (share: number) =>
  Math.round(ordered[Math.min(ordered.length - 1, Math.floor(ordered.length * share))] ?? 0);
console.log(
  `${result.kills} kills, ${result.made} guests made and ${result.deleted} deleted; as it has to be again after ` +
    `${at(0.5)} ms (median), ${at(0.95)} ms (95 %), ${at(1)} ms (longest)`,
);
for (const line of result.left) console.log(`left behind: ${line}`);
if (result.left.length > 0) process.exitCode = 1;
