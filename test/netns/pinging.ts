/** Echo requests of a guest for as long as a test wants them, each with its number, so that none is missed unseen. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Lab } from '../../lab/index.ts';

/** A tenth of a second's. */
const onTheirWay = 50;

export interface Pinged {
  readonly answered: number;
  /** Numbers, but for the last ones, which may have been on their way at the end. */
  readonly missing: readonly number[];
  readonly doubled: number;
}

export class Pinging {
  readonly #child: ChildProcess;
  readonly #chunks: string[] = [];

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.on('data', (chunk: Buffer) => this.#chunks.push(chunk.toString()));
  }

  /** Hundreds a second. */
  static start(lab: Lab, from: string, to: string): Pinging {
    const ping = ['ping', '-n', '-i', '0.002', '-s', '64', to];
    return new Pinging(lab.spawn(from, ping, { stdio: ['ignore', 'pipe', 'ignore'] }));
  }

  async end(): Promise<Pinged> {
    this.#child.kill('SIGINT');
    await once(this.#child, 'close');
    const said = this.#chunks.join('');
    const told = [...said.matchAll(/icmp_seq=(\d+) ttl/g)].map((match) => Number(match[1]));
    const answered = new Set(told);
    const sent = Number(/(\d+) packets transmitted/.exec(said)?.[1]);
    const last = Math.max(sent - onTheirWay, ...told.slice(-1));
    const missing = Array.from({ length: last }, (_, at) => at + 1).filter((number) => !answered.has(number));
    return { answered: answered.size, missing, doubled: told.length - answered.size };
  }
}
