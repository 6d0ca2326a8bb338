/** What is done with a store while no controller runs on it. Each returns a sentence for people, or throws a StoreError. */
import { existsSync } from 'node:fs';
import type { ControllerConfig } from '../config.ts';
import { checkStoreFile, readStoreFile, storeFile } from '../store/embedded.ts';
import { restoreStore } from '../store/restore.ts';
import { StoreError } from '../store/store.ts';
import { keys, parseRecord, recordName } from './records.ts';

/** `file`: a backup; the configured store when absent. */
export function check({ stateDirectory }: ControllerConfig, file = storeFile(stateDirectory)): string {
  if (!existsSync(file)) throw new StoreError('unavailable', `there is no file ${file}`);
  const counts = checkRecords(file);
  const shown = Object.entries(counts).map(([kind, count]) => `${count} ${kind}${count === 1 ? '' : 's'}`);
  return `${file} is whole: ${shown.join(', ') || 'nothing in it yet'}`;
}

export function restore({ stateDirectory }: ControllerConfig, backup: string, unixMs = Date.now()): string {
  if (!existsSync(backup)) throw new StoreError('unavailable', `there is no file ${backup}`);
  // Before anything is touched.
  checkRecords(backup);
  const file = storeFile(stateDirectory);
  const entries = [{ key: keys.restored, value: String(unixMs) }];
  const { epoch, aside } = restoreStore({ backup, file, unixMs, entries, epochKey: keys.epoch });
  const before = aside === undefined ? '' : `; what was there is in ${aside}`;
  return (
    `${file} is restored, at epoch ${epoch}${before}. Start the controller: hosts keep what it does not know ` +
    'until `weft store settle`'
  );
}

/** Every record can be read by this version, not only the file. */
function checkRecords(file: string): Record<string, number> {
  checkStoreFile(file);
  const counts: Record<string, number> = {};
  for (const entry of readStoreFile(file)) {
    const name = recordName(entry.key);
    if (name === undefined) continue;
    parseRecord(name.kind, entry);
    counts[name.kind] = (counts[name.kind] ?? 0) + 1;
  }
  return counts;
}
