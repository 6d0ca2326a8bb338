/**
 * Who may import whom (ARCHITECTURE.md): the folders' borders, checked on every source file, tests included
 * unless a rule says otherwise.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const folders = [
  'wire',
  'native',
  'agent',
  'controller',
  'monitor',
  'cli',
  'lab',
  'bench',
  'scripts',
  'packaging',
] as const;

interface Import {
  readonly from: string;
  /** Path from the root for our own files, the package's name for others. */
  readonly to: string;
}

const sources = folders.flatMap((folder) => filesBelow(folder, /\.ts$/)).filter((file) => !file.includes('/gen/'));
const imports = sources.flatMap(importsOf);
const shipped = imports.filter(({ from }) => !from.endsWith('.test.ts'));

function filesBelow(folder: string, pattern: RegExp): string[] {
  const path = join(root, folder);
  let entries: ReturnType<typeof listed>;
  try {
    entries = listed(path);
  } catch {
    return [];
  }
  return entries
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

function listed(path: string) {
  return readdirSync(path, { recursive: true, withFileTypes: true });
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  const pattern =
    /(?:^|\n)\s*(?:import|export)\s[^'";]*?from\s*'([^']+)'|import\s*\(\s*'([^']+)'\s*\)|(?:^|\n)\s*import\s*'([^']+)'/g;
  return [...text.matchAll(pattern)].map((match) => {
    const target = match[1] ?? match[2] ?? match[3] ?? '';
    return { from: file, to: target.startsWith('.') ? relative(root, join(root, dirname(file), target)) : target };
  });
}

function under(path: string, ...prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => path === prefix || path.startsWith(`${prefix}/`));
}

function breaking(rule: (each: Import) => boolean): string[] {
  return shipped.filter(rule).map(({ from, to }) => `${from} imports ${to}`);
}

/** The service manager's: an addon of its own, so that the controller's process has nothing of the data plane. */
const serviceDoor = 'native/service.ts';

const ours = (path: string): boolean => under(path, ...folders);

test('there are files to check', () => {
  expect(sources.length).toBeGreaterThan(30);
  expect(imports.length).toBeGreaterThan(60);
});

describe('who may import whom', () => {
  test('wire imports nothing of ours', () => {
    expect(breaking(({ from, to }) => under(from, 'wire') && ours(to) && !under(to, 'wire'))).toEqual([]);
  });

  test('native/index.ts imports wire only', () => {
    expect(breaking(({ from, to }) => under(from, 'native') && ours(to) && !under(to, 'wire', 'native'))).toEqual([]);
  });

  test.each(['agent', 'controller', 'monitor'])('%s imports wire and itself, never the other processes', (folder) => {
    const allowed = folder === 'agent' ? ['wire', 'agent', 'native'] : ['wire', folder, serviceDoor];
    expect(breaking(({ from, to }) => under(from, folder) && ours(to) && !under(to, ...allowed))).toEqual([]);
  });

  test('only agent/datapath and agent/ports import the data plane', () => {
    const door = (to: string) => under(to, 'native') && to !== serviceDoor;
    expect(
      breaking(({ from, to }) => under(from, 'agent') && door(to) && !/^agent\/(datapath|ports)/.test(from)),
    ).toEqual([]);
  });

  test('only what starts a process knows the service manager', () => {
    const starts = /^(agent|controller)\/(main|start)\.ts$/;
    expect(breaking(({ from, to }) => to === serviceDoor && !starts.test(from))).toEqual([]);
  });

  test('only controller/store uses a database', () => {
    expect(
      breaking(({ from, to }) => /^(node:sqlite|etcd3|@grpc\/)/.test(to) && !under(from, 'controller/store')),
    ).toEqual([]);
  });

  test('cap is used by the capture helper only, raw-socket by the probes only', () => {
    expect(breaking(({ from, to }) => to === 'cap' && !under(from, 'cli'))).toEqual([]);
    expect(breaking(({ from, to }) => to === 'raw-socket' && !under(from, 'agent/probes'))).toEqual([]);
  });

  test('processes that stay do not load typebox: wire/schema.ts makes what they need', () => {
    const loading = sources
      .filter((file) => under(file, 'wire', 'agent', 'controller') && !file.endsWith('.test.ts'))
      .filter((file) => /^(import|export)(?! type\b)[^;]*from 'typebox/m.test(readFileSync(join(root, file), 'utf8')));
    expect(loading).toEqual([]);
  });

  test('packaging imports itself, and nothing imports packaging', () => {
    expect(breaking(({ from, to }) => under(from, 'packaging') !== under(to, 'packaging') && ours(to))).toEqual([]);
  });

  test('there are no cycles of files', () => {
    expect(cycles()).toEqual([]);
  });
});

test('only config files read the environment', () => {
  const reading = sources
    .filter((file) => under(file, 'wire', 'native', 'agent', 'controller', 'monitor', 'cli', 'lab'))
    .filter((file) => !/config(-file)?\.ts$|\.test\.ts$/.test(file))
    .filter((file) => /process\.env\b/.test(readFileSync(join(root, file), 'utf8')));
  expect(reading).toEqual([]);
});

test('only what people are shown, and what certificates and tokens end by, goes by the wall clock, which may be set at any time', () => {
  const reading = sources
    .filter((file) => under(file, 'agent', 'controller') && !/\.test\.ts$|fake|test-/.test(file))
    .filter((file) =>
      /Date\.now\(|new Date\(\)|[cC]lock\.now\(|unixMs\(\)/.test(readFileSync(join(root, file), 'utf8')),
    );
  // Times of events, of selections and of sessions, as they are told; numbers that have to grow over restarts.
  expect(reading.sort()).toEqual([
    'agent/agent.ts',
    'agent/clock.ts',
    'agent/journal.ts',
    'agent/keys/keyring.ts',
    'agent/selftest/tests.ts',
    'agent/session/driver.ts',
    'agent/status/server.ts',
    'agent/status/status.ts',
    'agent/trust/host-trust.ts',
    'agent/trust/join-command.ts',
    'agent/trust/renewal.ts',
    'controller/access/tokens.ts',
    'controller/api/explain.ts',
    'controller/api/join-tokens.ts',
    'controller/channel/hub.ts',
    'controller/channel/listen.ts',
    'controller/clock.ts',
    'controller/rollout/driver.ts',
    'controller/start.ts',
    'controller/state/commands.ts',
    'controller/state/offline.ts',
    'controller/state/writer.ts',
    'controller/trust/claims.ts',
    'controller/trust/server-certificate.ts',
    'controller/trust/trust.ts',
  ]);
});

test('the engine and the BPF programs do not know Node', () => {
  const files = [...filesBelow('native/engine', /\.(h|hpp|c|cc|cpp)$/), ...filesBelow('native/bpf', /\.(h|c)$/)];
  expect(files.length).toBeGreaterThan(5);
  expect(files.filter((file) => /node_api\.h|napi\.h/.test(readFileSync(join(root, file), 'utf8')))).toEqual([]);
});

/** Depth-first search; a file met again while its own imports are being walked closes a cycle. Types count too. */
function cycles(): string[] {
  const edges = Map.groupBy(shipped, ({ from }) => from);
  const state = new Map<string, 'open' | 'done'>();
  const found: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (state.get(file) === 'done') return;
    if (state.get(file) === 'open') {
      found.push([...path.slice(path.indexOf(file)), file].join(' → '));
      return;
    }
    state.set(file, 'open');
    for (const { to } of edges.get(file) ?? []) visit(to, [...path, file]);
    state.set(file, 'done');
  };
  for (const file of sources) visit(file, []);
  return found;
}
