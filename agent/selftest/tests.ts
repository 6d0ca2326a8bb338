/** Drives a test machine per peer: timers with jitter, a bounded number of tests at a time. */
import type { Clock } from '../clock.ts';
import {
  initialTest,
  stepTest,
  type TestEffect,
  type TestEvent,
  type TestSizes,
  type TestState,
  type WorkAround,
} from './machine.ts';

export interface TestPacket {
  readonly id: number;
  readonly innerLength: number;
  readonly packets: number;
  readonly partialChecksum: boolean;
}

export interface SelfTestOptions {
  readonly clock: Clock;
  readonly random?: () => number;
  /** Sends, or throws when the data plane cannot. */
  readonly send: (peer: string, packet: TestPacket) => void;
  /** Undefined: the peer is not held now. */
  readonly sizes: (peer: string) => TestSizes | undefined;
  readonly onWorkAround: (peer: string, found: WorkAround | undefined) => void;
  /** A test is over; `before`: what the one before found. */
  readonly onFound: (peer: string, findings: readonly string[], before: readonly string[]) => void;
  /** Tests cannot be sent: said once for each reason. */
  readonly onFailure: (why: string) => void;
}

export interface TestResult {
  readonly findings: readonly string[];
  /** Unix ms; 0: not yet. */
  readonly testedMs: number;
}

/** However many peers there are, tests begin no oftener than this on average. */
const spacingMs = 20;
const ids = 0x1_0000_0000;

interface Peer {
  readonly name: string;
  state: TestState;
  result: TestResult;
  cancelBegin: () => void;
  cancelTimeout: () => void;
  /** A packet of this test could not be sent: the test says nothing about the session. */
  failed: boolean;
}

const nothing = () => undefined;

export class SelfTests {
  private readonly options: SelfTestOptions;
  private readonly random: () => number;
  private readonly peers = new Map<string, Peer>();
  private readonly waiting = new Map<number, { readonly peer: Peer; readonly token: number }>();
  private id = 0;
  private failure: string | undefined;

  constructor(options: SelfTestOptions) {
    this.options = options;
    this.random = options.random ?? Math.random;
  }

  /** What is to be tested: encapsulation, without keys, and path; undefined: nothing is sent to the peer. */
  terms(name: string, subject: string | undefined): void {
    const held = this.peers.get(name);
    if (held === undefined && subject === undefined) return;
    this.happen(held ?? this.add(name), { kind: 'terms', subject });
  }

  /** The peer is gone. */
  forget(name: string): void {
    const peer = this.peers.get(name);
    if (peer === undefined) return;
    this.happen(peer, { kind: 'terms', subject: undefined });
    this.peers.delete(name);
  }

  answered(name: string, id: number, intact: number): void {
    const asked = this.waiting.get(id);
    if (asked === undefined || asked.peer.name !== name) return;
    this.waiting.delete(id);
    this.happen(asked.peer, { kind: 'answered', token: asked.token, intact });
  }

  result(name: string): TestResult | undefined {
    return this.peers.get(name)?.result;
  }

  close(): void {
    for (const peer of this.peers.values()) this.stop(peer);
    this.peers.clear();
  }

  private add(name: string): Peer {
    const result = { findings: [], testedMs: 0 };
    const peer = { name, state: initialTest(), result, cancelBegin: nothing, cancelTimeout: nothing, failed: false };
    this.peers.set(name, peer);
    return peer;
  }

  private happen(peer: Peer, event: TestEvent): void {
    const [state, effects] = stepTest(peer.state, event);
    peer.state = state;
    for (const effect of effects) this.perform(peer, effect);
  }

  private perform(peer: Peer, effect: TestEffect): void {
    switch (effect.kind) {
      case 'send':
        this.send(peer, effect);
        break;
      case 'workAround':
        this.options.onWorkAround(peer.name, effect.found);
        break;
      case 'found':
        this.found(peer, effect.findings);
        break;
      case 'again':
        this.beginAfter(peer, effect.ms);
        break;
      case 'stop':
        this.stop(peer);
        break;
    }
  }

  private send(peer: Peer, { token, timeoutMs, ...packet }: Extract<TestEffect, { kind: 'send' }>): void {
    const { innerLength, packets, partialChecksum } = packet;
    this.id = (this.id + 1) % ids;
    const { id } = this;
    this.waiting.set(id, { peer, token });
    peer.cancelTimeout();
    const cancel = this.options.clock.after(timeoutMs, () => {
      this.waiting.delete(id);
      this.happen(peer, { kind: 'lost', token });
    });
    peer.cancelTimeout = () => {
      cancel();
      this.waiting.delete(id);
    };
    try {
      this.options.send(peer.name, { id, innerLength, packets, partialChecksum });
    } catch (error) {
      peer.failed = true;
      this.fail((error as Error).message);
    }
  }

  private fail(why: string): void {
    if (why !== this.failure) this.options.onFailure(why);
    this.failure = why;
  }

  private found(peer: Peer, findings: readonly string[]): void {
    const before = peer.result.findings;
    peer.cancelTimeout();
    if (peer.failed) return;
    peer.result = { findings, testedMs: this.options.clock.now() };
    this.options.onFound(peer.name, findings, before);
  }

  private beginAfter(peer: Peer, ms: number): void {
    peer.cancelBegin();
    const spreadMs = ms * (0.8 + 0.4 * this.random()) + spacingMs * this.peers.size * this.random();
    peer.cancelBegin = this.options.clock.after(spreadMs, () => {
      peer.failed = false;
      const sizes = this.options.sizes(peer.name);
      if (sizes === undefined) this.beginAfter(peer, ms);
      else this.happen(peer, { kind: 'begin', sizes });
    });
  }

  private stop(peer: Peer): void {
    peer.cancelBegin();
    peer.cancelTimeout();
    peer.result = { findings: [], testedMs: 0 };
  }
}
