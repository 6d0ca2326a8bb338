/**
 * Every write: read the state, apply the rules, commit in one transaction, wait until the state shows it.
 *
 * Writes run one after the other, and each compares the controller's epoch in its transaction, so the rules
 * were checked against what really is. A higher epoch in the store means that another controller has taken
 * over: `Fenced`, and this one must end.
 */
import { randomUUID } from 'node:crypto';
import { setImmediate as others } from 'node:timers/promises';
import { isUnicast, parseAddress } from '../../wire/address.ts';
import type { Hello } from '../../wire/control.ts';
import { limits } from '../../wire/limits.ts';
import type { PolicyRequest } from '../../wire/policy.ts';
import type { GuestPort, GuestRequest, HostRequest, VpcRequest } from '../../wire/resources.ts';
import type { PlacementDecision } from '../placement/place.ts';
import { activeRollout } from '../rollout/effective.ts';
import { type Compare, type Operation, type Store, StoreError, storeLimits } from '../store/store.ts';
import { DraftStore } from './draft.ts';
import { foreignHost, hasNoAgent, planForeignGuest } from './foreign.ts';
import { withoutTakenPrefix } from './gni6.ts';
import { remember } from './history.ts';
import { checkKeys } from './host-keys.ts';
import { checkPolicy } from './policy-rules.ts';
import {
  type Guest,
  type GuestValue,
  type Host,
  type HostValue,
  keys,
  type PastSelections,
  type Policy,
  type PolicyValue,
  parseRecord,
  type Rollout,
  type RolloutValue,
  type SelectionValue,
  type Vpc,
  type VpcValue,
} from './records.ts';
import { grant, type Outcome, type Refusal, refuse } from './refusal.ts';
import { checkPrefixes, chooseAddresses, chooseGni, unfitPort } from './rules.ts';
import type { State } from './state.ts';

/** Another controller has raised the epoch. */
export class Fenced extends Error {}

/** What a rollout becomes, and what becomes of policies in the same transaction. */
export interface RolloutChange {
  readonly value: RolloutValue;
  readonly put?: RolloutValue['policies'];
  readonly remove?: readonly string[];
  /** Past rollouts. */
  readonly forget?: readonly string[];
}

export interface SelectionChange {
  readonly source: string;
  readonly destination: string;
  readonly value: Omit<SelectionValue, 'sinceMs'>;
}

/** Decides where a guest goes; asked inside the write, so that several at once spread. */
export type Placer = (
  state: State,
  wanted: {
    readonly guest: string;
    readonly host: string | undefined;
    readonly vpc: Vpc;
    readonly require: readonly string[];
    readonly desire: readonly string[];
    readonly port: GuestPort | undefined;
  },
) => PlacementDecision;

/** Where writes are tried: a copy of the state, and commands that write on it alone. */
export interface Draft {
  readonly commands: Commands;
  readonly state: State;
}

/**
 * Raises the epoch: from now on no older controller can write. `storeId` is the store's own name, made at its
 * first start, so that agents notice when they are led by another one.
 */
export async function raiseEpoch(store: Store): Promise<{ readonly epoch: number; readonly storeId: string }> {
  for (;;) {
    const [entry, id] = [await store.get(keys.epoch), await store.get(keys.storeId)];
    const epoch = (entry === undefined ? 0 : Number(entry.value)) + 1;
    if (!Number.isSafeInteger(epoch)) throw new StoreError('damaged', `the store's epoch is '${entry?.value}'`);
    const storeId = id?.value ?? randomUUID();
    const named = { kind: 'put', key: keys.storeId, value: storeId } as const;
    const { committed } = await store.transact({
      compare: [{ key: keys.epoch, modRevision: entry?.modRevision ?? 0 }],
      operations: [{ kind: 'put', key: keys.epoch, value: String(epoch) }, ...(id === undefined ? [named] : [])],
    });
    if (committed) return { epoch, storeId };
  }
}

export interface CommandOptions {
  readonly store: Pick<Store, 'get' | 'transact'>;
  readonly state: State;
  readonly epoch: number;
  readonly place: Placer;
  readonly unixMs: () => number;
  readonly onFenced: (error: Fenced) => void;
}

export class Commands {
  readonly #store: CommandOptions['store'];
  readonly #epoch: number;
  readonly #state: State;
  readonly #fence: Compare;
  readonly #place: Placer;
  readonly #unixMs: () => number;
  readonly #onFenced: (error: Fenced) => void;
  /** End of the write before. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor({ store, state, epoch, place, unixMs, onFenced }: CommandOptions) {
    this.#store = store;
    this.#state = state;
    this.#epoch = epoch;
    this.#fence = { key: keys.epoch, value: String(epoch) };
    this.#place = place;
    this.#unixMs = unixMs;
    this.#onFenced = onFenced;
  }

  /**
   * Runs writes on a copy, where each sees those before it. `keep`: all that they wrote is then written, in one
   * transaction as far as that holds it, or nothing when one is refused. Otherwise this is a dry run.
   */
  draft<T>(write: (draft: Draft) => Promise<Outcome<T>>, { keep }: { readonly keep: boolean }): Promise<Outcome<T>> {
    return this.#inTurn(async () => {
      const { state, change } = this.#state.fork();
      const store = new DraftStore(this.#store, state.revision, change);
      const commands = new Commands({
        ...{ store, state, epoch: this.#epoch },
        ...{ place: this.#place, unixMs: this.#unixMs, onFenced: this.#onFenced },
      });
      const outcome = await write({ commands, state });
      if (keep && outcome.ok) await this.#commitAll(store.operations);
      return outcome;
    });
  }

  createVpc(request: VpcRequest): Promise<Outcome<Vpc>> {
    return this.#inTurn(async () => {
      if (this.#state.vpcs.has(request.name)) return refuse('exists', `vpc '${request.name}' exists already`);
      const prefixes = checkPrefixes(request.prefixes);
      if (!prefixes.ok) return prefixes;
      const gni = chooseGni(request.gni, (candidate) => this.#state.vpcByGni(candidate)?.name);
      if (!gni.ok) return gni;
      const { customer } = request;
      const value: VpcValue = {
        gni: gni.value,
        prefixes: prefixes.value,
        ...(customer === undefined ? {} : { customer }),
      };
      await this.#commit([put(keys.vpc(request.name), value)]);
      return found(this.#state.vpcs.get(request.name));
    });
  }

  deleteVpc(name: string): Promise<Outcome<undefined>> {
    return this.#inTurn(async () => {
      if (!this.#state.vpcs.has(name)) return refuse('unknown', `vpc '${name}' does not exist`);
      const guests = [...this.#state.guestsOfVpc(name)];
      if (guests.length > 0) return refuse('in-use', `vpc '${name}' has ${list('guest', guests)}: delete them first`);
      await this.#commit([{ kind: 'delete', key: keys.vpc(name) }]);
      return grant(undefined);
    });
  }

  createGuest(request: GuestRequest): Promise<Outcome<Guest>> {
    return this.#inTurn(async () => {
      const value = this.#planGuest(request);
      if (!value.ok) return value;
      await this.#commit([put(keys.guest(request.name), value.value)]);
      return found(this.#state.guests.get(request.name));
    });
  }

  deleteGuest(name: string): Promise<Outcome<undefined>> {
    return this.#inTurn(async () => {
      if (!this.#state.guests.has(name)) return refuse('unknown', `guest '${name}' does not exist`);
      await this.#commit([{ kind: 'delete', key: keys.guest(name) }]);
      return grant(undefined);
    });
  }

  /** A host as its agent describes it; writes only what changed. */
  registerHost(hello: Omit<Hello, 'held' | 'epoch'>): Promise<Outcome<Host>> {
    return this.#inTurn(async () => {
      const { instance, agentVersion, substrateAddresses, udpPort, capabilities, assets } = hello;
      const { formats, features, offloads, executors, ports, problems, gni6Prefix } = withoutTakenPrefix(
        capabilities,
        [...this.#state.hosts.values()].filter(({ name }) => name !== hello.host),
      );
      const { kernel, operatingSystem, architecture, cpus, cpuModel, memoryBytes, nics, labels } = assets;
      const before = this.#state.hosts.get(hello.host);
      if (before?.framework !== undefined) return refuse('exists', hasNoAgent(hello.host));
      const checked = checkKeys(hello, before);
      if (!checked.ok) return checked;
      const value = {
        instance,
        ...(checked.value === undefined ? {} : { keys: checked.value }),
        agentVersion,
        substrateAddresses,
        udpPort,
        capabilities: {
          ...{ formats, features, offloads, executors, ports, problems },
          ...(gni6Prefix === undefined ? {} : { gni6Prefix }),
        },
        assets: { kernel, operatingSystem, architecture, cpus, cpuModel, memoryBytes, nics, labels },
      };
      // Through JSON, so that both sides have the order and the shape of what is stored.
      const text = JSON.stringify(value);
      if (before === undefined || text !== hostText(before)) {
        await this.#commit([{ kind: 'put', key: keys.host(hello.host), value: text }]);
      }
      return found(this.#state.hosts.get(hello.host));
    });
  }

  /** A host without an agent: all that is known of it is what is said here. */
  createHost({ name, address, framework, labels = {} }: HostRequest): Promise<Outcome<Host>> {
    return this.#inTurn(async () => {
      const known = this.#state.hosts.get(name);
      if (known !== undefined) return refuse('exists', `host '${name}' exists already${isAgents(known)}`);
      const substrate = parseAddress(address);
      if (substrate === undefined || !isUnicast(substrate)) {
        return refuse('invalid', `'${address.slice(0, 50)}' is not an IP address such as 198.51.100.7 or 2001:db8::7`);
      }
      const user = this.#state.hostAt(substrate);
      if (user !== undefined) return refuse('taken', `address ${substrate} is that of host '${user.name}'`);
      await this.#commit([put(keys.host(name), foreignHost({ address: substrate, framework, labels }))]);
      return found(this.#state.hosts.get(name));
    });
  }

  deleteHost(name: string): Promise<Outcome<undefined>> {
    return this.#inTurn(async () => {
      if (!this.#state.hosts.has(name)) return refuse('unknown', `host '${name}' does not exist`);
      const guests = this.#state.guestsOnHost(name);
      if (guests.length > 0) return refuse('in-use', `host '${name}' has ${list('guest', guests)}: delete them first`);
      const selections = [...this.#state.selections.values()]
        .filter(({ source, destination }) => source === name || destination === name)
        .flatMap(({ source, destination }): Operation[] => [
          { kind: 'delete', key: keys.selection(source, destination) },
          { kind: 'delete', key: keys.pastSelections(source, destination) },
        ]);
      // The host last: should the store fail half-way, the request can be repeated.
      await this.#commitAll([...selections, { kind: 'delete', key: keys.host(name) }]);
      return grant(undefined);
    });
  }

  saveSelections(changes: readonly SelectionChange[]): Promise<void> {
    return this.#inTurn(async () => {
      // A host that was deleted meanwhile takes its selections with it.
      const wanted = changes.filter(
        ({ source, destination }) => this.#state.hosts.has(source) && this.#state.hosts.has(destination),
      );
      const operations: Operation[] = [];
      for (const change of wanted) operations.push(...(await this.#selectionOperations(change)));
      await this.#commitAll(operations);
    });
  }

  /** Selections that were in force from one host to another, oldest first; not the present one. */
  async pastSelections(source: string, destination: string): Promise<PastSelections['entries']> {
    return (await this.#history(source, destination))?.entries ?? [];
  }

  createPolicy(request: PolicyRequest): Promise<Outcome<Policy>> {
    return this.#inTurn(async () => {
      if (this.#state.policies.has(request.name)) return refuse('exists', `policy '${request.name}' exists already`);
      return this.#writePolicy(request);
    });
  }

  /** Creates or replaces it; a policy that is as wanted already is not written again. */
  putPolicy(request: PolicyRequest): Promise<Outcome<Policy>> {
    return this.#inTurn(() => this.#writePolicy(request));
  }

  deletePolicy(name: string): Promise<Outcome<undefined>> {
    return this.#inTurn(async () => {
      if (!this.#state.policies.has(name)) return refuse('unknown', `policy '${name}' does not exist`);
      const held = this.#heldByRollout(name);
      if (held !== undefined) return held;
      await this.#commit([{ kind: 'delete', key: keys.policy(name) }]);
      return grant(undefined);
    });
  }

  /** Takes one step: `change` decides on what is stored at that moment; undefined: it stays as it is. */
  changeRollout(
    name: string,
    change: (present: Rollout | undefined) => Outcome<RolloutChange | undefined>,
  ): Promise<Outcome<Rollout>> {
    return this.#inTurn(async () => {
      const changed = change(this.#state.rollouts.get(name));
      if (!changed.ok) return changed;
      if (changed.value === undefined) return found(this.#state.rollouts.get(name));
      const { value, put: policies = [], remove: gone = [], forget = [] } = changed.value;
      // Itself last: should the store fail half-way, the step is taken again.
      await this.#commitAll([
        ...policies.map(({ name: policy, ...rest }) => put(keys.policy(policy), rest)),
        ...gone.map((policy): Operation => ({ kind: 'delete', key: keys.policy(policy) })),
        ...forget.map((past): Operation => ({ kind: 'delete', key: keys.rollout(past) })),
        put(keys.rollout(name), rolloutValue(value)),
      ]);
      return found(this.#state.rollouts.get(name));
    });
  }

  /** A policy that a rollout changes may not be changed by anybody else before it is over. */
  #heldByRollout(policy: string): Refusal | undefined {
    const rollout = activeRollout(this.#state.rollouts);
    if (rollout === undefined) return undefined;
    const isHeld = rollout.remove.includes(policy) || rollout.policies.some(({ name }) => name === policy);
    if (!isHeld) return undefined;
    const advice = `wait for its end, or abort it (weft rollout abort ${rollout.name})`;
    return refuse('in-use', `policy '${policy}' is being changed by rollout '${rollout.name}': ${advice}`);
  }

  async #writePolicy(request: PolicyRequest): Promise<Outcome<Policy>> {
    const held = this.#heldByRollout(request.name);
    if (held !== undefined) return held;
    const checked = checkPolicy(request, this.#state);
    if (!checked.ok) return checked;
    const before = this.#state.policies.get(request.name);
    if (before === undefined || JSON.stringify(policyValue(before)) !== JSON.stringify(checked.value)) {
      await this.#commit([put(keys.policy(request.name), checked.value)]);
    }
    return found(this.#state.policies.get(request.name));
  }

  async #selectionOperations({ source, destination, value }: SelectionChange): Promise<Operation[]> {
    const nowMs = this.#unixMs();
    const before = this.#state.selection(source, destination);
    const goesOn =
      before !== undefined &&
      before.selected === value.selected &&
      JSON.stringify(before.decidedBy ?? []) === JSON.stringify(value.decidedBy);
    const sinceMs = goesOn ? before.sinceMs : nowMs;
    const selection = put(keys.selection(source, destination), { ...value, sinceMs });
    if (before === undefined || goesOn) return [selection];
    const history = remember(await this.#history(source, destination), before, nowMs);
    return [selection, put(keys.pastSelections(source, destination), history)];
  }

  async #history(source: string, destination: string): Promise<PastSelections | undefined> {
    const entry = await this.#store.get(keys.pastSelections(source, destination));
    return entry === undefined ? undefined : parseRecord('pastSelections', entry);
  }

  #planGuest(request: GuestRequest): Outcome<GuestValue> {
    const { name } = request;
    const taken = this.#state.guests.get(name);
    if (taken !== undefined) return refuse('exists', existsAlready(taken, request));
    const vpc = this.#state.vpcs.get(request.vpc);
    if (vpc === undefined) return refuse('unknown', `vpc '${request.vpc}' does not exist: create it first`);
    const command = request.command ?? [];
    const commandBytes = command.reduce((bytes, argument) => bytes + Buffer.byteLength(argument), 0);
    if (commandBytes > commandBytesMost) {
      return refuse('invalid', `the command has ${commandBytes} bytes; the limit is ${commandBytesMost}`);
    }
    const unfit = unfitPort(request);
    if (unfit !== undefined) return unfit;
    const addresses = chooseAddresses(request.addresses, {
      name: vpc.name,
      prefixes: vpc.prefixes,
      owner: (address) => this.#state.guestAt(vpc.gni, address)?.name,
      firstCandidate: (prefix) => this.#state.firstCandidate(vpc.gni, prefix),
    });
    if (!addresses.ok) return addresses;
    if (request.addresses === undefined) for (const address of addresses.value) this.#state.searched(vpc.gni, address);
    const { host, mac, port, require = [], desire = [] } = request;
    const foreign = host === undefined ? undefined : this.#state.hosts.get(host);
    if (foreign?.framework !== undefined) return planForeignGuest(request, vpc, foreign.name, addresses.value);
    if (mac !== undefined) {
      const advice = host === undefined ? 'name its host' : `host '${host}' has an agent: leave it out`;
      return refuse('invalid', `'mac' is for guests on hosts without an agent: ${advice}`);
    }
    const placed = this.#place(this.#state, { guest: name, host, vpc, require, desire, port });
    if (!placed.ok) return refuse(placed.code, placed.message);
    return grant({
      vpc: vpc.name,
      gni: vpc.gni,
      host: placed.host,
      addresses: addresses.value,
      command,
      ...(port === undefined ? {} : { port }),
      placement: placed.reason,
    });
  }

  #inTurn<T>(write: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(write);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #commitAll(operations: readonly Operation[]): Promise<void> {
    for (let from = 0; from < operations.length; from += storeLimits.perTransaction) {
      // Between two, agents and requests that only read get their turn.
      if (from > 0) await others();
      await this.#commit(operations.slice(from, from + storeLimits.perTransaction));
    }
  }

  async #commit(operations: readonly Operation[]): Promise<void> {
    const { committed, revision } = await this.#store.transact({ compare: [this.#fence], operations });
    if (!committed) {
      const fenced = new Fenced('another controller has taken over: it has raised the epoch in the store');
      this.#onFenced(fenced);
      throw fenced;
    }
    await this.#state.seen(revision);
  }
}

/** So that every guest fits a control message many times over. */
const commandBytesMost = limits.controlMessageBytes >> 3;

function put(key: string, value: unknown): Operation {
  return { kind: 'put', key, value: JSON.stringify(value) };
}

function hostText({ name: _name, revision: _revision, ...value }: Host): string {
  return JSON.stringify(value satisfies HostValue);
}

function policyValue({ name: _name, revision: _revision, ...value }: Policy): PolicyValue {
  return value;
}

/** Without the name and the revision that a record read from the state has. */
function rolloutValue(rollout: RolloutValue & Partial<Pick<Rollout, 'name' | 'revision'>>): RolloutValue {
  const { name: _name, revision: _revision, ...value } = rollout;
  return value;
}

function found<T>(record: T | undefined): Outcome<T> {
  // Only when the record was deleted by someone else between its commit and now.
  return record === undefined ? refuse('unknown', 'it was deleted again by someone else') : grant(record);
}

function existsAlready({ name, vpc, port }: Guest, wanted: GuestRequest): string {
  const isOther = wanted.port !== undefined && wanted.port !== port;
  const advice = isOther ? ': a guest keeps its port, so delete it before you create it with another one' : '';
  return `guest '${name}' exists already, in vpc '${vpc}'${advice}`;
}

function isAgents({ framework }: Host): string {
  return framework === undefined ? ', with an agent' : '';
}

function list(noun: string, names: readonly string[]): string {
  const shown = names.length > 10 ? [...names.slice(0, 10), '…'] : names;
  return `${names.length} ${noun}${names.length === 1 ? '' : 's'} (${shown.join(', ')})`;
}
