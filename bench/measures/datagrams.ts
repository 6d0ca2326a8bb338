/** Datagrams per second that arrive at the highest rate at which (nearly) none is lost. */
import { Damaged, type LineProcess, stayingProbe } from '../probe.ts';
import { highestFreeRate, nextRate, type Trial } from '../search.ts';
import type { Measure } from './measure.ts';

const port = 5301;
const trialMs = 150;

export function datagrams(size: number): Pick<Measure, 'metrics' | 'run'> {
  return {
    metrics: [{ name: `udp${size}_pps`, unit: 'packets/s' }],
    run: async (topology) => {
      await using receiver = stayingProbe(topology, 'server', ['udp-receive', port, size]);
      await receiver.answer();
      await using sender = stayingProbe(topology, 'client', ['udp-send', topology.serverAddress, port, size]);
      const trials: Trial[] = [];
      for (let rate = nextRate(trials); rate !== undefined; rate = nextRate(trials)) {
        trials.push(await tryRate(sender, receiver, { run: trials.length + 1, rate }));
      }
      return [highestFreeRate(trials)];
    },
  };
}

interface Sent {
  readonly sent: number;
  readonly seconds: number;
}

interface Received {
  readonly received: number;
  readonly damaged: number;
  readonly seconds: number;
}

async function tryRate(
  sender: LineProcess,
  receiver: LineProcess,
  { run, rate }: { readonly run: number; readonly rate: number },
): Promise<Trial> {
  const { sent, seconds: sendSeconds } = await sender.ask<Sent>(`${run} ${rate} ${trialMs}`);
  const { received, damaged, seconds: arriveSeconds } = await receiver.ask<Received>(String(run));
  if (damaged > 0) throw new Damaged(`${damaged} of ${received + damaged} datagrams arrived damaged`);
  return { rate, sent, received, sendSeconds, arriveSeconds };
}
