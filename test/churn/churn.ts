/**
 * Guests are made and deleted without end while controller and agents are killed at random moments. At the end all that
 * was made is deleted, and the machine has to look as it did before.
 *
 *   maker   makes and deletes guests through the API; what was acknowledged is what has to be
 *   killer  kill -9 of one process at a random moment, a new one at once, and how long until all is as it has to be
 */
import { setTimeout as pause } from 'node:timers/promises';
import { ApiProblem, UnreachableProblem } from '../../cli/client.ts';
import type { Lab } from '../../lab/index.ts';
import { namespacesWithPrefix } from '../../lab/netns.ts';
import { Choice } from '../fuzz/choice.ts';
import { Bpf, difference, type Inventory, takeInventory } from './inventory.ts';

export interface ChurnOptions {
  readonly kills: number;
  readonly seed: number;
  readonly onProgress?: (line: string) => void;
}

export interface ChurnResult {
  readonly kills: number;
  readonly made: number;
  readonly deleted: number;
  /** From the start of the process that came after until everything was as it had to be. */
  readonly recoveredMs: readonly number[];
  /** Too much or missing, compared with before. */
  readonly left: readonly string[];
}

/** At a time, beside those that the lab began with. */
const guestsMost = 12;
const victims = ['controller', 'left', 'right'] as const;

export async function churn(lab: Lab, { kills, seed, onProgress }: ChurnOptions): Promise<ChurnResult> {
  using bpf = new Bpf();
  const choice = new Choice(seed);
  const guests = new Guests(lab, new Choice(seed + 1));
  // Once through everything first: files and descriptors that are there from the first guest on are no leak.
  await guests.warmUp();
  await settled(lab, guests);
  const before = await atRest(() => takeInventory(lab, bpf));
  const recoveredMs: number[] = [];
  for (let kill = 0; kill < kills; kill++) {
    const victim = choice.of(victims);
    const making = guests.makeAndDelete(4 + choice.below(8));
    await pause(choice.below(400));
    await lab.kill(victim, 'SIGKILL');
    const began = performance.now();
    await start(lab, victim);
    await making;
    await settled(lab, guests);
    recoveredMs.push(performance.now() - began);
    onProgress?.(`${kill + 1} of ${kills}: ${victim}, as it has to be after ${Math.round(recoveredMs.at(-1) ?? 0)} ms`);
  }
  await guests.deleteAll();
  await settled(lab, guests);
  const left = await withoutLatecomers(before, () => takeInventory(lab, bpf));
  return { kills, made: guests.made, deleted: guests.deleted, recoveredMs, left };
}

async function start(lab: Lab, victim: (typeof victims)[number]): Promise<void> {
  if (victim === 'controller') await lab.startController();
  else await lab.startAgent(victim);
}

/** Devices of guests that were deleted a moment ago may still be going. */
async function atRest(take: () => Inventory): Promise<Inventory> {
  for (let before = take(); ; ) {
    await pause(300);
    const after = take();
    if (difference(before, after).length === 0) return after;
    before = after;
  }
}

/** The kernel takes programs, maps and sockets away a moment after their last user is gone. */
async function withoutLatecomers(before: Inventory, take: () => Inventory): Promise<readonly string[]> {
  for (let attempt = 0; ; attempt++) {
    const left = difference(before, take());
    if (left.length === 0 || attempt === 20) return left;
    await pause(250);
  }
}

/** What the controller says, what agents do, and what is there agree. */
export async function settled(lab: Lab, guests: Guests): Promise<void> {
  await lab.waitUntil(
    'everything is as it has to be',
    async () => {
      const [told, left, right] = await Promise.all([
        lab.api.guests(),
        lab.agentStatus('left'),
        lab.agentStatus('right'),
      ]);
      const wanted = guests.names();
      const there = namespacesWithPrefix(`${lab.name}-g`).map((name) => name.slice(lab.name.length + 1));
      return (
        [left, right].every(({ session }) => session.state === 'connected') &&
        told.every(({ phase }) => phase === 'running') &&
        same(
          told.map(({ name }) => name),
          wanted,
        ) &&
        same(
          [...left.guests, ...right.guests].map(({ name }) => name),
          wanted,
        ) &&
        // A machine behind a tap has no namespace of ours.
        same(there, guests.namespaces())
      );
    },
    20_000,
  );
}

function same(found: readonly string[], wanted: readonly string[]): boolean {
  return found.toSorted().join() === wanted.toSorted().join();
}

/** What was acknowledged; a request that found nobody is asked again, since nobody knows what became of it. */
export class Guests {
  made = 0;
  deleted = 0;
  readonly #lab: Lab;
  readonly #choice: Choice;
  readonly #there = new Map<string, Port>();
  #next = 0;

  constructor(lab: Lab, choice: Choice) {
    this.#lab = lab;
    this.#choice = choice;
  }

  names(): string[] {
    return [...this.#there.keys()];
  }

  namespaces(): string[] {
    return this.names().filter((name) => this.#there.get(name) !== 'tap');
  }

  async warmUp(): Promise<void> {
    for (const port of ports) for (const host of hosts) await this.#make(host, port);
    await settled(this.#lab, this);
    for (const name of this.names()) await this.#delete(name);
  }

  async makeAndDelete(steps: number): Promise<void> {
    for (let step = 0; step < steps; step++) {
      const there = this.names();
      const isFull = there.length >= guestsMost;
      if (there.length > 0 && (isFull || this.#choice.oneIn(2))) await this.#delete(this.#choice.of(there));
      else await this.#make(this.#choice.of(hosts), this.#choice.of(ports));
    }
  }

  async deleteAll(): Promise<void> {
    for (const name of this.names()) await this.#delete(name);
  }

  async #make(host: string, port: Port): Promise<void> {
    const name = `g${this.#next++}`;
    const command = port === 'tap' ? {} : { command: ['sleep', 'infinity'] };
    await this.#ask('exists', () => this.#lab.api.createGuest({ name, vpc: 'red', host, port, ...command }));
    this.#there.set(name, port);
    this.made += 1;
  }

  async #delete(name: string): Promise<void> {
    await this.#ask('unknown', () => this.#lab.api.deleteGuest(name));
    this.#there.delete(name);
    this.deleted += 1;
  }

  /** `done`: what the controller answers when an earlier attempt got through. */
  async #ask(done: string, request: () => Promise<unknown>): Promise<void> {
    for (let isAgain = false; ; isAgain = true) {
      try {
        await request();
        return;
      } catch (error) {
        if (error instanceof ApiProblem && error.code === done && isAgain) return;
        if (!(error instanceof UnreachableProblem)) throw error;
        await pause(10);
      }
    }
  }
}

const hosts = ['left', 'right'] as const;
const ports = ['tun', 'veth', 'tap'] as const;
type Port = (typeof ports)[number];
