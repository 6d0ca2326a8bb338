/** Connect, request, response, close: how many in a second, one after the other. */
import { probe, stayingProbe } from '../probe.ts';
import type { Measure } from './measure.ts';

const port = 5302;
const patienceMs = 15_000;

export const transactions: Pick<Measure, 'metrics' | 'run'> = {
  metrics: [{ name: 'tcp_crr', unit: 'connections/s' }],
  run: async (topology, seconds) => {
    await using server = stayingProbe(topology, 'server', ['serve', port]);
    await server.answer();
    const words = ['transact', topology.serverAddress, port, Math.round((seconds * 1000) / 2)];
    const { transactions, seconds: took } = await probe<Transacted>(topology, words, patienceMs);
    return [transactions / took];
  },
};

interface Transacted {
  readonly transactions: number;
  readonly seconds: number;
}
