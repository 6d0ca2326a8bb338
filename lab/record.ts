/**
 * What a lab leaves on disk about itself, `/run/weft-lab/NAME/lab.json`: written before anything is made, so
 * that `lab down` finds everything after a crash at any point.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../cli/problem.ts';
import type { LabLayout } from './plan.ts';
import { isAlive, type ProcessRef } from './processes.ts';

export const defaultStateRoot = '/run/weft-lab';

export interface LabRecord {
  readonly format: 1;
  readonly phase: 'building' | 'ready';
  readonly builder: ProcessRef;
  readonly createdMs: number;
  /** The lab file, or `lab` when a program described it. */
  readonly source: string;
  readonly layout: LabLayout;
  readonly processes: Readonly<Record<string, ProcessRef>>;
}

/** Claims the name: throws a Problem when there is such a lab, or one whose namespaces could be mistaken for ours. */
export function claimLab(stateRoot: string, record: LabRecord): void {
  const { name, directory } = record.layout;
  mkdirSync(stateRoot, { recursive: true, mode: 0o755 });
  const rival = labNames(stateRoot).find((other) => name.startsWith(`${other}-`) || other.startsWith(`${name}-`));
  if (rival !== undefined) {
    throw new Problem(
      `lab '${rival}' is there: its namespaces and those of a lab '${name}' could not be told apart. ` +
        'Choose another name with --name',
    );
  }
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new Problem(
      `lab '${name}' is there already: take it down with \`weft lab down ${name}\`, ` +
        'or give this one another name with --name',
    );
  }
  writeRecord(record);
}

export function writeRecord(record: LabRecord): void {
  const path = join(record.layout.directory, 'lab.json');
  writeFileSync(`${path}.new`, `${JSON.stringify(record, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

export type RecordState =
  | { readonly kind: 'none' }
  /** The folder is there, the record is not (a crash between the two) or cannot be read. */
  | { readonly kind: 'damaged' }
  | { readonly kind: 'record'; readonly record: LabRecord };

export function readRecord(stateRoot: string, name: string): RecordState {
  if (!labNames(stateRoot).includes(name)) return { kind: 'none' };
  try {
    const record = JSON.parse(readFileSync(join(stateRoot, name, 'lab.json'), 'utf8')) as LabRecord;
    return record.format === 1 ? { kind: 'record', record } : { kind: 'damaged' };
  } catch {
    return { kind: 'damaged' };
  }
}

export function removeRecord(stateRoot: string, name: string): void {
  rmSync(join(stateRoot, name), { recursive: true, force: true });
}

export function labNames(stateRoot: string): readonly string[] {
  try {
    return readdirSync(stateRoot, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Whether some process is building the lab right now. */
export function isBeingBuilt(record: LabRecord): boolean {
  return record.phase === 'building' && isAlive(record.builder);
}
