/**
 * The selections in force, kept what they should be: where the stored one differs from what is chosen now, it is
 * stored anew first and comes back as a change of the state.
 */
import type { PolicyRequest } from '../../wire/policy.ts';
import { type Choice, select } from '../negotiation/select.ts';
import { activeRollout, effectivePolicies } from '../rollout/effective.ts';
import type { SelectionChange } from '../state/commands.ts';
import type { Host, Selection } from '../state/records.ts';
import type { State } from '../state/state.ts';
import { party, scopeOf } from './scope.ts';

export class Selections {
  readonly #state: State;
  readonly #changing = new Map<string, SelectionChange>();
  readonly #settling = new Set<string>();

  constructor(state: State) {
    this.#state = state;
  }

  /** What should be selected by all that is known now; under other policies than those that count, when given. */
  choose(source: Host, destination: Host, policies = this.#policies(source.name, destination.name)): Choice {
    const scope = scopeOf(this.#state, policies, source.name, destination.name);
    return select(party(source), party(destination), policies, scope);
  }

  #policies(source: string, destination: string): readonly PolicyRequest[] {
    const { policies, rollouts } = this.#state;
    return effectivePolicies(policies, activeRollout(rollouts), source, destination);
  }

  /** What is stored, looked over. */
  stored(source: Host, destination: Host): Selection | undefined {
    const stored = this.#state.selection(source.name, destination.name);
    const choice = this.choose(source, destination);
    const key = pairKey(source.name, destination.name);
    if (!sameChoice(stored, choice) && !this.#settling.has(key)) {
      const { selected, reasons, decidedBy } = choice;
      const value = {
        ...(selected === undefined ? {} : { selected }),
        reasons: [...reasons],
        decidedBy: [...decidedBy],
      };
      this.#changing.set(key, { source: source.name, destination: destination.name, value });
    }
    return stored;
  }

  /** Whether another one than the stored one is about to be stored. */
  isChanging(source: string, destination: string): boolean {
    const key = pairKey(source, destination);
    return this.#changing.has(key) || this.#settling.has(key);
  }

  /** Selections to be stored; `settled` must be called with them afterwards, stored or not. */
  take(): SelectionChange[] {
    const changes = [...this.#changing.values()];
    for (const key of this.#changing.keys()) this.#settling.add(key);
    this.#changing.clear();
    return changes;
  }

  settled(changes: readonly SelectionChange[]): void {
    for (const { source, destination } of changes) this.#settling.delete(pairKey(source, destination));
  }
}

function sameChoice(stored: Selection | undefined, choice: Choice): boolean {
  return (
    stored !== undefined &&
    stored.selected === choice.selected &&
    same(stored.reasons, choice.reasons) &&
    same(stored.decidedBy ?? [], choice.decidedBy)
  );
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i]);
}

function pairKey(source: string, destination: string): string {
  return `${source}/${destination}`;
}
