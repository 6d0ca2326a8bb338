/**
 * That what arrives is what was sent, byte by byte, and that packets on the wire are as large as the mode says: a
 * contender that is fast because it is wrong, or because it is measured wrong, has no figures.
 */
import { crossed, meanBytes } from '../mode.ts';
import { Damaged, probe, stayingProbe } from '../probe.ts';
import type { Measure } from './measure.ts';

const port = 5303;
const bytes = 32 << 20;
const patienceMs = 20_000;
/** MTU 1500 and an Ethernet header; the device may count a tag or trailer. */
const largestFrame = 1518;

export const content: Pick<Measure, 'metrics' | 'run'> = {
  metrics: [],
  run: async (topology, _seconds, mode) => {
    await using server = stayingProbe(topology, 'server', ['serve', port]);
    await server.answer();
    const before = await crossed(topology);
    const words = ['transfer', topology.serverAddress, port, bytes];
    const { answered, intact } = await probe<Transferred>(topology, words, patienceMs);
    const mean = meanBytes(before, await crossed(topology));
    if (!answered) throw new Error(`the receiver gave up before all of ${bytes} bytes had come`);
    if (!intact) throw new Damaged(`what arrived of ${bytes} bytes is not what was sent`);
    if (mode === 'wire' && mean > largestFrame) throw new Damaged(`packets of ${Math.round(mean)} bytes on the wire`);
    return [];
  },
};

interface Transferred {
  readonly answered: boolean;
  readonly intact: boolean;
}
