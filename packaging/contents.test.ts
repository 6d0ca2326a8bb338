import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkApart } from './build.ts';
import { collect } from './collect.ts';
import {
  type Entry,
  manEntries,
  ownerByName,
  packageNames,
  programs,
  servicesOf,
  sourceEntries,
  systemdEntries,
  systemdPlace,
} from './contents.ts';
import { copyrightEntries } from './licences.ts';
import { scriptNames, scriptsOf } from './scripts.ts';
import { readTree } from './tree.ts';

const root = join(import.meta.dirname, '..');

/** The checkout as it is: what `make deb` would pack. */
const tree = readTree(root, { version: '1.2.3', epoch: '0' });
const collected = collect(tree);
const entries = [...collected.entries, ...copyrightEntries(tree, collected.npm)];
const paths = entries.map(({ path }) => path);
const sources = entries.flatMap(({ content }) => ('source' in content ? [content.source] : []));

/** Where Node looks for a module of that name. */
function asFiles(path: string): readonly string[] {
  return ['', '.js', '.cjs', '.mjs', '.json', '.node'].map((end) => `${path}${end}`).concat(join(path, 'index.js'));
}

function holds(owner: string, path: string): boolean {
  return entries.some((entry) => entry.owner === owner && entry.path === path);
}

describe('the packages of this checkout', () => {
  test.each([
    ['weft-cli', 'usr/bin/weft'],
    ['weft-cli', 'usr/lib/weft/bin/node'],
    ['weft-cli', 'usr/lib/weft/cli/main.ts'],
    ['weft-cli', 'usr/lib/weft/cli/capture/helper.ts'],
    ['weft-cli', 'usr/lib/weft/wire/gen/control.js'],
    ['weft-cli', 'usr/lib/weft/node_modules/protobufjs/package.json'],
    ['weft-cli', 'usr/lib/weft/node_modules/cap/build/Release/cap.node'],
    ['weft-cli', 'usr/lib/weft/node_modules/raw-socket/build/Release/raw.node'],
    ['weft-cli', 'usr/share/bash-completion/completions/weft'],
    ['weft-cli', 'usr/lib/weft/native/service.ts'],
    ['weft-cli', 'usr/lib/weft/build/native/service.node'],
    ['weft-agent', 'usr/lib/weft/agent/main.ts'],
    ['weft-agent', 'usr/lib/systemd/system/weft-agent.socket'],
    ['weft-controller', 'usr/lib/systemd/system/weft-controller.socket'],
    ['weft-agent', 'usr/lib/weft/build/native/weft.node'],
    ['weft-agent', 'usr/lib/systemd/system/weft-agent.service'],
    ['weft-agent', 'usr/share/doc/weft-agent/examples/agent.yaml'],
    ['weft-controller', 'usr/lib/weft/controller/main.ts'],
    ['weft-controller', 'usr/lib/systemd/system/weft-controller.service'],
    ...packageNames.map((name) => [name, `usr/share/doc/${name}/copyright`]),
  ])('%s holds %s', (owner, path) => {
    expect(holds(owner ?? '', path ?? '')).toBe(true);
  });

  test('no path is in two of them', () => {
    expect(() => checkApart(entries)).not.toThrow();
    expect(() => checkApart([...entries, { ...(entries[0] as Entry), owner: 'weft-agent' }])).toThrow(/is put into/);
  });

  test('nothing of tests, types, sources or development tools is in them', () => {
    expect(sources.filter((source) => /\.test\.ts$|\.d\.ts$|\.map$|\.(cc|cpp|h|c)$|(^|\/)fake-/.test(source))).toEqual(
      [],
    );
    const names = new Set(collected.npm.map(({ name }) => name));
    for (const name of ['vitest', 'typescript', 'node-gyp', 'nan', 'node-addon-api']) expect(names).not.toContain(name);
  });

  test('what a file of them runs by its path is one of the programs', () => {
    const ran = sources
      .filter((source) => source.endsWith('.ts'))
      .flatMap((source) => {
        const text = readFileSync(join(root, source), 'utf8');
        return [...text.matchAll(/join\(import\.meta\.dirname,[^)]*'([a-z-]+\.ts)'\)/g)].map(([, name]) => `${name}`);
      });
    expect(ran.length).toBeGreaterThan(0);
    expect(ran.filter((name) => !programs.some((program) => program.endsWith(`/${name}`)))).toEqual([]);
  });

  test('npm packages are whole: what a file of them requires is in the package too', () => {
    const shipped = new Set(sources);
    const missing = sources
      .filter((source) => /^node_modules\/.*\.[cm]?js$/.test(source))
      .flatMap((source) => {
        const text = readFileSync(join(root, source), 'utf8');
        const wanted = [...text.matchAll(/(?:require\(|\bfrom\s*|\bimport\(?\s*)['"](\.[^'"]*)['"]/g)].map(
          ([, path]) => `${path}`,
        );
        return (
          wanted
            .map((path) => join(dirname(source), path))
            .filter((path) => !asFiles(path).some((file) => shipped.has(file)))
            // Words in a comment, or a test's.
            .filter((path) =>
              asFiles(path).some((file) => statSync(join(root, file), { throwIfNoEntry: false })?.isFile()),
            )
            .map((path) => `${source} requires ${path}`)
        );
      });
    expect(missing).toEqual([]);
  });

  test('every npm package of them has its licence in the copyright file', () => {
    const entry = entries.find(({ path }) => path === 'usr/share/doc/weft-cli/copyright');
    const text = entry?.content.kind === 'text' ? String(entry.content.text) : '';
    expect(collected.npm.filter(({ name, version }) => !text.includes(`npm package ${name} ${version}`))).toEqual([]);
    expect(text).toContain('Node.js is licensed for use as follows');
  });

  test('no unit has a placeholder left, and programs that units start are in a package', () => {
    const units = entries.filter(({ path }) => path.startsWith('usr/lib/systemd/system/'));
    const started = units.flatMap(({ content }) =>
      content.kind === 'text'
        ? [...String(content.text).matchAll(/^Exec\w+=[@+!:-]*(\/usr\/\S+)/gm)].map(([, path]) => `${path}`)
        : [],
    );
    expect(units.filter(({ content }) => content.kind === 'text' && /@[A-Z]+@/.test(String(content.text)))).toEqual([]);
    expect(started.length).toBeGreaterThan(1);
    const documents = units.flatMap(({ content }) =>
      content.kind === 'text' ? [...String(content.text).matchAll(/file:\/(\S+)/g)].map(([, path]) => `${path}`) : [],
    );
    expect(documents.filter((path) => !paths.includes(path))).toEqual([]);
    expect(started.filter((path) => path.startsWith('/usr/lib/weft/') && !paths.includes(path.slice(1)))).toEqual([]);
  });

  test.each(packageNames)('maintainer scripts of %s are shell that names its own units', (name) => {
    const scripts = scriptsOf(root, name, entries);
    expect(Object.keys(scripts)).toEqual(name === 'weft-cli' ? [] : [...scriptNames]);
    for (const text of Object.values(scripts)) {
      expect(text).toMatch(/^#!\/bin\/sh\n/);
      expect(text).not.toMatch(/@[A-Z]+@/);
    }
    if (name !== 'weft-cli') expect(scripts.prerm).toContain(`${name}.service`);
  });
});

describe('where a file of systemd/ belongs', () => {
  test.each([
    ['systemd/weft-agent.service', 'usr/lib/systemd/system/weft-agent.service', 'weft-agent'],
    ['systemd/weft-agent-status.socket', 'usr/lib/systemd/system/weft-agent-status.socket', 'weft-agent'],
    ['systemd/weft.tmpfiles.conf', 'usr/lib/tmpfiles.d/weft.conf', 'weft-cli'],
    ['systemd/weft-controller.sysusers', 'usr/lib/sysusers.d/weft-controller.conf', 'weft-controller'],
    ['systemd/tmpfiles.d/weft-controller.conf', 'usr/lib/tmpfiles.d/weft-controller.conf', 'weft-controller'],
    ['systemd/README.md', undefined, 'weft-cli'],
  ])('%s', (source, place, owner) => {
    expect(systemdPlace(source)).toBe(place);
    expect(ownerByName(source.slice(source.lastIndexOf('/') + 1))).toBe(owner);
  });

  test('users and their files are those of the package that they are named like; what is shared is made by each', () => {
    const placed = systemdEntries([
      { source: 'systemd/weft.sysusers.conf', text: '# who\nu weft-controller - "Weft" /var/lib/weft\ng other -\n' },
      { source: 'systemd/weft.tmpfiles.conf', text: 'd /run/weft 0755 root root\n' },
      {
        source: 'systemd/weft-controller.service',
        text: 'Documentation=file:@WEFT@/README.md\nExecStart=@WEFT@/bin/weft',
      },
      { source: 'systemd/weft-agent.socket', text: '' },
    ]);
    expect(placed.map(({ owner, path }) => `${owner} ${path}`)).toEqual([
      'weft-controller usr/lib/sysusers.d/weft.conf',
      'weft-cli usr/lib/tmpfiles.d/weft.conf',
      'weft-controller usr/lib/systemd/system/weft-controller.service',
      'weft-agent usr/lib/systemd/system/weft-agent.socket',
    ]);
    expect(placed[2]?.content).toEqual({
      kind: 'text',
      text: 'Documentation=file:/usr/share/doc/weft-cli/README.md\nExecStart=/usr/lib/weft/bin/weft',
    });
    const [units, tmpfiles] = [['weft-controller.service'], ['weft.conf']];
    const users = ['weft-controller'];
    expect(servicesOf(placed, 'weft-controller')).toEqual({ units, sysusers: ['weft.conf'], tmpfiles, users });
    const none = { sysusers: [], users: [] };
    expect(servicesOf(placed, 'weft-agent')).toEqual({ units: ['weft-agent.socket'], tmpfiles, ...none });
  });
});

test('manual pages go to their section, with the package that they name', () => {
  const packed = new Uint8Array();
  const places = manEntries(
    ['weft.1', 'weft-get.1', 'weft-agent.yaml.5', 'weft-controller.8'].map((name) => ({ name, packed })),
  );
  expect(places.map(({ owner, path }) => `${owner} ${path}`)).toEqual([
    'weft-cli usr/share/man/man1/weft.1.gz',
    'weft-cli usr/share/man/man1/weft-get.1.gz',
    'weft-agent usr/share/man/man5/weft-agent.yaml.5.gz',
    'weft-controller usr/share/man/man8/weft-controller.8.gz',
  ]);
});

test('a file of a folder that no package has is told', () => {
  expect(() => sourceEntries(['console/page.ts'])).toThrow(/console\/page\.ts is needed at run time/);
});
