/** `make footprint`: the daemons' part of `make bench` alone; `--only agent|controller`. */
import { parseArgs } from 'node:util';
import { stoppedBySignals } from '../stop.ts';
import { daemonTable } from './aims.ts';
import { measureAgent, measureController } from './index.ts';

const onProgress = (line: string) => process.stderr.write(`${line}\n`);
const { values } = parseArgs({ options: { only: { type: 'string' } } });
const parts = { agent: measureAgent, controller: measureController } as const;
const chosen = Object.entries(parts).filter(([name]) => values.only === undefined || values.only === name);
const samples = await stoppedBySignals(async (signal) => {
  const measured = [];
  for (const [, measure] of chosen) measured.push(...(await measure({ signal, onProgress })));
  return measured;
});
console.log(daemonTable(samples));
