/**
 * The few things that looking tools take from a daemon's YAML file, with its defaults. Reads it kindly: what a daemon
 * would refuse is its own to say, with line and column.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { ports } from '../../wire/limits.ts';
import type { ConfigFact } from './facts.ts';

export interface WeftConfig {
  readonly what: 'agent' | 'controller';
  readonly fact: ConfigFact;
  readonly text: string | undefined;
  readonly stateDirectory: string;
  readonly statusSocket: string;
  readonly apiSocket: string;
  readonly substrateAddresses: readonly string[];
  readonly udpPort: number;
  readonly controllers: readonly string[];
  readonly fastPathMode: string;
  /** Where secrets are that are not in the state directory. */
  readonly keysDirectory: string | undefined;
  /** Every value of a key that looks like a file's path. */
  readonly paths: readonly string[];
}

export function readWeftConfig(path: string): WeftConfig {
  try {
    return parseWeftConfig(path, readFileSync(path, 'utf8'));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const read = parseWeftConfig(path, undefined);
    return code === 'ENOENT' ? read : { ...read, fact: { path, found: true, error: `cannot be read: ${message}` } };
  }
}

export function parseWeftConfig(path: string, text: string | undefined): WeftConfig {
  const what = path.includes('controller') ? 'controller' : 'agent';
  const { value, error } = fromYaml(text);
  const at = (...keys: readonly string[]): unknown =>
    keys.reduce<unknown>((inside, key) => (inside as Readonly<Record<string, unknown>> | undefined)?.[key], value);
  const statusSocket = textOr(at('statusSocket'), '/run/weft/agent.sock');
  const keys = at('keys', 'directory');
  const host = at('host');
  return {
    what,
    fact: { path, found: text !== undefined, ...(error === undefined ? {} : { error }) },
    text,
    stateDirectory: textOr(at('stateDirectory'), `/var/lib/weft/${what}`),
    statusSocket,
    apiSocket: textOr(at('api', 'socket'), '/run/weft/controller.sock'),
    substrateAddresses: texts(at('substrate', 'addresses')),
    udpPort: typeof at('udpPort') === 'number' ? (at('udpPort') as number) : ports.data,
    controllers: texts(at('controllers')),
    fastPathMode: textOr(at('fastPath', 'mode'), 'auto'),
    keysDirectory:
      typeof keys === 'string'
        ? keys
        : typeof host === 'string'
          ? join(dirname(statusSocket), `keys-${host}`)
          : undefined,
    paths: pathsIn(value),
  };
}

function fromYaml(text: string | undefined): { readonly value?: object; readonly error?: string } {
  if (text === undefined) return {};
  try {
    const value = parse(text, { logLevel: 'error' }) as unknown;
    return typeof value === 'object' && value !== null ? { value } : { error: 'it says nothing, expected keys' };
  } catch (error) {
    return { error: (error as Error).message.split('\n')[0] ?? 'it is no YAML' };
  }
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value !== '' ? value : otherwise;
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

function pathsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.startsWith('/') ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(pathsIn) : [];
}
