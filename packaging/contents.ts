/**
 * What each package holds, and where. Data and pure functions on a listing of the tree; nothing is copied here.
 *
 *   weft-cli         /usr/lib/weft: the pinned Node, npm packages, wire/, cli/, lab/; the command, pages, completions
 *   weft-agent       /usr/lib/weft: agent/, native/ and the addon; its units
 *   weft-controller  /usr/lib/weft: controller/; its units
 *
 * Together they are one tree laid out as the checkout is, so that programs find each other as they do there.
 */
import { basename, join } from 'node:path';

export const packageNames = ['weft-cli', 'weft-agent', 'weft-controller'] as const;
export type PackageName = (typeof packageNames)[number];

/** Where the tree is on a machine. */
export const treeRoot = 'usr/lib/weft';

export type Content =
  /** `source`: path from the checkout's root. */
  | { readonly kind: 'file'; readonly source: string }
  /** An ELF file: what only debuggers read is left out. */
  | { readonly kind: 'elf'; readonly source: string }
  | { readonly kind: 'text'; readonly text: string | Uint8Array }
  | { readonly kind: 'link'; readonly target: string }
  | { readonly kind: 'directory' };

export interface Entry {
  readonly owner: PackageName;
  /** From the root of the machine, without a slash in front. */
  readonly path: string;
  readonly executable?: true;
  readonly content: Content;
}

/** Programs, by the path that starts them: what nothing imports but is run all the same stands here. */
export const programs = ['cli/main.ts', 'cli/capture/helper.ts', 'agent/main.ts', 'controller/main.ts'] as const;

/** Folders of the tree, by owner; who shares a folder has it from weft-cli. */
const folders: Readonly<Record<string, PackageName>> = {
  wire: 'weft-cli',
  cli: 'weft-cli',
  lab: 'weft-cli',
  agent: 'weft-agent',
  native: 'weft-agent',
  controller: 'weft-controller',
};

/** Agent and controller speak to systemd by it, and have it, with its addon, from what both stand on. */
const serviceDoor = 'native/service.ts';

export function sourceEntries(files: readonly string[]): readonly Entry[] {
  return files
    .filter((file) => file !== 'package.json')
    .map((source) => {
      const owner = source === serviceDoor ? 'weft-cli' : folders[source.split('/')[0] ?? ''];
      if (owner === undefined)
        throw new Error(`${source} is needed at run time, but no package has its folder (packaging/contents.ts)`);
      return { owner, path: join(treeRoot, source), content: { kind: 'file', source } };
    });
}

/** `version`: what agents and `weft --version` say of themselves is what dpkg says. */
export function runtimeEntries(nodeFolder: string, version: string): readonly Entry[] {
  const manifest = `${JSON.stringify({ name: 'weft', version, private: true, type: 'module' }, undefined, 2)}\n`;
  return [
    { owner: 'weft-cli', path: `${treeRoot}/package.json`, content: { kind: 'text', text: manifest } },
    {
      owner: 'weft-cli',
      path: `${treeRoot}/bin/weft`,
      executable: true,
      content: { kind: 'file', source: 'bin/weft' },
    },
    {
      owner: 'weft-cli',
      path: `${treeRoot}/bin/node`,
      executable: true,
      content: { kind: 'elf', source: join(nodeFolder, 'bin/node') },
    },
    { owner: 'weft-cli', path: 'usr/bin/weft', content: { kind: 'link', target: '../lib/weft/bin/weft' } },
    {
      owner: 'weft-agent',
      path: `${treeRoot}/build/native/weft.node`,
      content: { kind: 'elf', source: 'build/native/weft.node' },
    },
    {
      owner: 'weft-cli',
      path: `${treeRoot}/build/native/service.node`,
      content: { kind: 'elf', source: 'build/native/service.node' },
    },
    { owner: 'weft-agent', path: 'etc/weft', content: { kind: 'directory' } },
    { owner: 'weft-controller', path: 'etc/weft', content: { kind: 'directory' } },
  ];
}

/** Files of npm packages, as paths from the checkout's root. */
export function npmEntries(files: readonly string[]): readonly Entry[] {
  return files.map((source) => ({
    owner: 'weft-cli',
    path: join(treeRoot, source),
    content: { kind: source.endsWith('.node') ? 'elf' : 'file', source },
  }));
}

/** A file that says by its name whose it is: `weft-agent.socket`, `weft-agent-status.service`, `weft.7`. */
export function ownerByName(name: string): PackageName {
  return packageNames.find((owner) => name.startsWith(owner)) ?? 'weft-cli';
}

/** Where systemd's kinds of files belong, by their extension (file-hierarchy(7)). */
const systemdFolders: Readonly<Record<string, string>> = {
  service: 'usr/lib/systemd/system',
  socket: 'usr/lib/systemd/system',
  timer: 'usr/lib/systemd/system',
  path: 'usr/lib/systemd/system',
  slice: 'usr/lib/systemd/system',
  target: 'usr/lib/systemd/system',
  mount: 'usr/lib/systemd/system',
  sysusers: 'usr/lib/sysusers.d',
  tmpfiles: 'usr/lib/tmpfiles.d',
};

export interface SystemdFile {
  /** From the checkout's root, such as systemd/weft-agent.service or systemd/sysusers.d/weft.conf. */
  readonly source: string;
  readonly text: string;
}

/**
 * Undefined: not for a machine, such as a README. `weft.sysusers`, `weft.sysusers.conf` and `sysusers.d/weft.conf` are
 * the same.
 */
export function systemdPlace(source: string): string | undefined {
  const name = basename(source);
  const [, stem, kind] = /^(.+)\.(sysusers|tmpfiles)(?:\.conf)?$/.exec(name) ?? [];
  if (kind !== undefined) return `${systemdFolders[kind]}/${stem}.conf`;
  const drop = /(sysusers|tmpfiles)\.d\/[^/]+\.conf$/.exec(source)?.[1];
  if (drop !== undefined) return `${systemdFolders[drop]}/${name}`;
  const folder = systemdFolders[name.slice(name.lastIndexOf('.') + 1)];
  return folder === undefined ? undefined : `${folder}/${name}`;
}

export function systemdEntries(files: readonly SystemdFile[]): readonly Entry[] {
  return files.flatMap(({ source, text }) => {
    const path = systemdPlace(source);
    if (path === undefined) return [];
    // Users come with the package that is named like them, whatever their file is called.
    const user = path.startsWith(`${systemdFolders.sysusers}/`) ? usersOf(text)[0] : undefined;
    const filled = text
      .replaceAll('file:@WEFT@/', 'file:/usr/share/doc/weft-cli/')
      .replaceAll('@WEFT@', `/${treeRoot}`);
    return [{ owner: ownerByName(user ?? basename(source)), path, content: { kind: 'text', text: filled } }];
  });
}

/** Of lines of sysusers.d(5). */
function usersOf(text: string): readonly string[] {
  return [...text.matchAll(/^u\s+(\S+)/gm)].map(([, name]) => `${name}`);
}

/** What maintainer scripts start, make and remove. What all of them share is made by each. */
export function servicesOf(entries: readonly Entry[], owner: PackageName) {
  const named = (folder: string, owners: readonly PackageName[]) =>
    entries.filter((entry) => owners.includes(entry.owner) && entry.path.startsWith(`${folder}/`));
  const names = (found: readonly Entry[]) => found.map(({ path }) => basename(path));
  const sysusers = named('usr/lib/sysusers.d', [owner]);
  return {
    units: names(named('usr/lib/systemd/system', [owner])),
    sysusers: names(sysusers),
    tmpfiles: names(named('usr/lib/tmpfiles.d', [owner, 'weft-cli'])),
    users: sysusers.flatMap(({ content }) => (content.kind === 'text' ? usersOf(String(content.text)) : [])),
  };
}

export interface Page {
  /** Such as weft-agent.8. */
  readonly name: string;
  /** gzip, as Debian wants pages. */
  readonly packed: Uint8Array;
}

export function manEntries(pages: readonly Page[]): readonly Entry[] {
  return pages.map(({ name, packed }) => ({
    owner: ownerByName(name),
    path: `usr/share/man/man${name.slice(name.lastIndexOf('.') + 1)}/${name}.gz`,
    content: { kind: 'text', text: packed },
  }));
}

/** Where each shell of Debian looks for completions of programs that packages bring. */
export const completionPlaces = {
  bash: 'usr/share/bash-completion/completions/weft',
  zsh: 'usr/share/zsh/vendor-completions/_weft',
  fish: 'usr/share/fish/vendor_completions.d/weft.fish',
} as const;

export function completionEntries(scripts: Readonly<Record<keyof typeof completionPlaces, string>>): readonly Entry[] {
  return (Object.keys(completionPlaces) as (keyof typeof completionPlaces)[]).map((shell) => ({
    owner: 'weft-cli',
    path: completionPlaces[shell],
    content: { kind: 'text', text: scripts[shell] },
  }));
}

/** "Global Lua Plugins" of `tshark -G folders`: Wireshark and tshark load what is there by themselves. */
export function dissectorEntry(multiarch: string): Entry {
  return {
    owner: 'weft-cli',
    path: `usr/lib/${multiarch}/wireshark/plugins/weft-gni.lua`,
    content: { kind: 'file', source: 'wire/gen/gni.lua' },
  };
}

/** `docs`, `examples`: paths from the checkout's root. A program's own example lies with its package. */
export function documentEntries(docs: readonly string[], examples: readonly string[]): readonly Entry[] {
  return [
    ...docs.map(
      (source): Entry => ({
        owner: 'weft-cli',
        path: `usr/share/doc/weft-cli/${source}`,
        content: { kind: 'file', source },
      }),
    ),
    ...examples.map((source): Entry => {
      const owner = ownerByName(`weft-${basename(source)}`);
      return { owner, path: `usr/share/doc/${owner}/examples/${basename(source)}`, content: { kind: 'file', source } };
    }),
  ];
}
