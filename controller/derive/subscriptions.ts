/**
 * Who asked for which mapping, and which hosts need a session because of it.
 *
 * A host is subscribed to the mappings that it holds and to those it has asked for. A subscription aims at the
 * host where the address is; a pair of hosts is needed while any subscription of one aims at the other.
 */
import { type MappingName, mappingKey } from '../../wire/control.ts';
import { limits } from '../../wire/limits.ts';
import type { HostFacts, Subscription } from './facts.ts';
import { Pairs } from './pairs.ts';

export interface SubscriptionPorts {
  /** The host that has the address. */
  readonly locate: (name: MappingName) => string | undefined;
  /** Two hosts have begun, or ceased, to need each other, or other guests of them do. */
  readonly pairChanged: (a: string, b: string) => void;
  /** Whether policies tell guests of a host apart, so that it matters which ones need each other. */
  readonly areGuestsApart: () => boolean;
}

export class Subscriptions {
  readonly #ports: SubscriptionPorts;
  readonly #pairs = new Pairs();
  /** Mapping key → subscribed hosts. */
  readonly #hosts = new Map<string, Set<string>>();
  /** Host → the other host that they aim at → its subscriptions. */
  readonly #aimed = new Map<string, Map<string, Set<Subscription>>>();
  #count = 0;

  constructor(ports: SubscriptionPorts) {
    this.#ports = ports;
  }

  get count(): number {
    return this.#count;
  }

  hostsOf(key: string): Iterable<string> {
    return this.#hosts.get(key) ?? [];
  }

  hostCount(key: string): number {
    return this.#hosts.get(key)?.size ?? 0;
  }

  /** Addresses on `target` that the host has asked for. */
  aimedAt(host: string, target: string): Iterable<Subscription> {
    return this.#aimed.get(host)?.get(target) ?? [];
  }

  isPairNeeded(a: string, b: string): boolean {
    return this.#pairs.wanted(a, b);
  }

  peersOf(host: string): Iterable<string> {
    return this.#pairs.peersOf(host);
  }

  /** False: the host has as many as it may have. Idempotent. */
  add(facts: HostFacts, { gni, address }: MappingName): boolean {
    const key = mappingKey({ gni, address });
    if (facts.subscriptions.has(key)) return true;
    if (facts.subscriptions.size >= limits.subscriptionsPerAgent) return false;
    const subscription: Subscription = { gni, address, target: undefined };
    facts.subscriptions.set(key, subscription);
    this.#count += 1;
    const hosts = this.#hosts.get(key) ?? new Set();
    this.#hosts.set(key, hosts.add(facts.host));
    this.#retarget(facts.host, subscription, this.#ports.locate(subscription));
    return true;
  }

  remove(facts: HostFacts, key: string): void {
    const subscription = facts.subscriptions.get(key);
    if (subscription === undefined) return;
    facts.subscriptions.delete(key);
    this.#count -= 1;
    const hosts = this.#hosts.get(key);
    hosts?.delete(facts.host);
    if (hosts?.size === 0) this.#hosts.delete(key);
    this.#retarget(facts.host, subscription, undefined);
  }

  /** The address may be on another host now. */
  aim(facts: HostFacts, key: string): void {
    const subscription = facts.subscriptions.get(key);
    if (subscription !== undefined) this.#retarget(facts.host, subscription, this.#ports.locate(subscription));
  }

  #retarget(host: string, subscription: Subscription, target: string | undefined): void {
    const before = subscription.target;
    if (before === target) return;
    subscription.target = target;
    if (target !== undefined && target !== host) this.#aim(host, target, subscription);
    if (before !== undefined && before !== host) this.#turnAway(host, before, subscription);
  }

  #aim(host: string, target: string, subscription: Subscription): void {
    const targets = this.#aimed.get(host) ?? new Map<string, Set<Subscription>>();
    this.#aimed.set(host, targets.set(target, (targets.get(target) ?? new Set()).add(subscription)));
    const isFirst = this.#pairs.add(host, target);
    if (isFirst || this.#ports.areGuestsApart()) this.#ports.pairChanged(host, target);
  }

  #turnAway(host: string, target: string, subscription: Subscription): void {
    const targets = this.#aimed.get(host);
    targets?.get(target)?.delete(subscription);
    if (targets?.get(target)?.size === 0) targets.delete(target);
    if (targets?.size === 0) this.#aimed.delete(host);
    const isLast = this.#pairs.remove(host, target);
    if (isLast || this.#ports.areGuestsApart()) this.#ports.pairChanged(host, target);
  }
}
