/** Drives a path machine per peer: rounds at intervals with jitter, a bounded number of packets a second. */
import { type PathMeasurement, untested } from '../../wire/control.ts';
import type { Clock } from '../clock.ts';
import type { Icmp } from './icmp.ts';
import {
  initialPath,
  lostPercent,
  type PathEffect,
  type PathEvent,
  type PathState,
  roundTripUs,
  stepPath,
} from './path.ts';

export interface ProberOptions {
  readonly clock: Clock;
  readonly icmp: Icmp;
  readonly intervalMs: number;
  readonly random?: () => number;
  /** A round is over. */
  readonly onMeasured: (measurement: PathMeasurement) => void;
}

/** However many peers there are, a round begins no oftener than this. */
const spacingMs = 20;
const sequences = 0x1_0000;

interface Peer {
  readonly name: string;
  readonly address: string;
  state: PathState;
  cancelRound: () => void;
  cancelTimeout: () => void;
}

export class Prober {
  private readonly options: ProberOptions;
  private readonly random: () => number;
  private readonly peers = new Map<string, Peer>();
  private readonly waiting = new Map<
    number,
    { readonly peer: Peer; readonly token: number; readonly sentUs: number }
  >();
  private sequence = 0;

  constructor(options: ProberOptions) {
    this.options = options;
    this.random = options.random ?? Math.random;
    options.icmp.onReply(({ sequence, address, atUs }) => {
      const asked = this.waiting.get(sequence);
      if (asked === undefined || asked.peer.address !== address) return;
      this.waiting.delete(sequence);
      this.happen(asked.peer, { kind: 'answer', token: asked.token, roundTripUs: Math.max(1, atUs - asked.sentUs) });
    });
  }

  /** Measures the path to the peer from now on; the first round begins at once. */
  watch(name: string, address: string, deviceMtu: number): void {
    const held = this.peers.get(name);
    if (held?.address === address && held.state.deviceMtu === deviceMtu) return;
    this.forget(name);
    const nothing = () => undefined;
    const peer = { name, address, state: initialPath(deviceMtu), cancelRound: nothing, cancelTimeout: nothing };
    this.peers.set(name, peer);
    this.schedule(peer, spacingMs * (1 + this.random()));
  }

  forget(name: string): void {
    const peer = this.peers.get(name);
    if (peer === undefined) return;
    peer.cancelRound();
    peer.cancelTimeout();
    this.peers.delete(name);
    for (const [sequence, asked] of this.waiting) if (asked.peer === peer) this.waiting.delete(sequence);
  }

  names(): Iterable<string> {
    return this.peers.keys();
  }

  /** Of peers with at least one round done. */
  measurement(name: string): PathMeasurement | undefined {
    const peer = this.peers.get(name);
    return peer === undefined || peer.state.roundsDone === 0 ? undefined : measured(peer);
  }

  close(): void {
    for (const name of [...this.peers.keys()]) this.forget(name);
    this.options.icmp.close();
  }

  private schedule(peer: Peer, ms: number): void {
    peer.cancelRound();
    peer.cancelRound = this.options.clock.after(ms, () => {
      this.happen(peer, { kind: 'round' });
      const meanMs = Math.max(this.options.intervalMs, spacingMs * this.peers.size);
      this.schedule(peer, meanMs * (0.8 + 0.4 * this.random()));
    });
  }

  private happen(peer: Peer, event: PathEvent): void {
    const [state, effects] = stepPath(peer.state, event);
    peer.state = state;
    for (const effect of effects) this.perform(peer, effect);
  }

  private perform(peer: Peer, effect: PathEffect): void {
    peer.cancelTimeout();
    if (effect.kind === 'measured') this.options.onMeasured(measured(peer));
    else this.probe(peer, effect);
  }

  private probe(peer: Peer, { token, size, timeoutMs }: Extract<PathEffect, { kind: 'probe' }>): void {
    const { clock, icmp } = this.options;
    const sequence = this.sequence;
    this.sequence = (this.sequence + 1) % sequences;
    const lost = () => {
      this.waiting.delete(sequence);
      this.happen(peer, { kind: 'lost', token });
    };
    this.waiting.set(sequence, { peer, token, sentUs: icmp.nowUs() });
    peer.cancelTimeout = clock.after(timeoutMs, lost);
    icmp.send(peer.address, sequence, size, lost);
  }
}

function measured({ name, address, state }: Peer): PathMeasurement {
  return {
    peer: name,
    address,
    pathMtu: state.pathMtu,
    roundTripUs: roundTripUs(state),
    lostPercent: lostPercent(state),
    ...untested,
  };
}
