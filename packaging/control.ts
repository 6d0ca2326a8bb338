/** The words of a package about itself (deb-control(5)). */
import type { PackageName } from './contents.ts';

interface Description {
  readonly summary: string;
  readonly text: readonly string[];
  /** What its programs call, beside the libraries that its binaries name. */
  readonly depends: readonly string[];
  readonly recommends: readonly string[];
  readonly suggests: readonly string[];
}

/** nsenter, unshare and mkfifo are in packages that every Debian has. */
export const descriptions: Readonly<Record<PackageName, Description>> = {
  'weft-cli': {
    summary: 'virtual private clouds on Linux hosts: command line and runtime',
    text: [
      'The weft command for people and scripts, the Wireshark dissector, manual pages and completions;',
      'and what agent and controller stand on, with the Node.js that they were tested with.',
    ],
    depends: [],
    recommends: ['iproute2'],
    suggests: ['weft-agent', 'weft-controller', 'wireshark-common'],
  },
  'weft-agent': {
    summary: 'virtual private clouds on Linux hosts: the agent of a host',
    text: [
      'Gives every guest of this host (a namespace, a virtual machine) a network port, and carries its packets',
      'to other hosts in GNI-tagged encapsulation, encrypted by default, as the controller of its area says.',
    ],
    depends: ['iproute2', 'systemd'],
    recommends: ['ethtool', 'iputils-ping', 'kmod'],
    suggests: ['tcpdump'],
  },
  'weft-controller': {
    summary: 'virtual private clouds on Linux hosts: the controller of an area',
    text: [
      'Keeps the map of guests and hosts of an area, negotiates for each pair of hosts how their packets are',
      'encapsulated, places guests, and answers the weft command and programs over REST.',
    ],
    depends: ['systemd'],
    recommends: [],
    suggests: ['weft-agent'],
  },
};

export interface ControlFacts {
  readonly name: PackageName;
  readonly version: string;
  readonly architecture: string;
  /** KiB, as dpkg counts. */
  readonly installedSize: number;
  /** What its binaries need: `libc6 (>= 2.34)`, … */
  readonly libraries: readonly string[];
}

export function controlFile({ name, version, architecture, installedSize, libraries }: ControlFacts): string {
  const { summary, text, depends, recommends, suggests } = descriptions[name];
  // One tree: parts of different versions have never met.
  const tree = name === 'weft-cli' ? [] : [`weft-cli (= ${version})`];
  const others = (Object.keys(descriptions) as PackageName[]).filter((other) => other !== name);
  const fields: readonly (readonly [string, readonly string[]])[] = [
    ['Package', [name]],
    ['Version', [version]],
    ['Architecture', [architecture]],
    ['Maintainer', ['The authors of Weft <weft@example.invalid>']],
    ['Installed-Size', [String(installedSize)]],
    ['Depends', [...tree, ...libraries, ...depends]],
    ['Recommends', recommends],
    ['Suggests', suggests],
    // A file may change its package from one version to the next. No Breaks beside it: the one tree says that, and
    // `dpkg -i` of all three would need another option.
    ['Replaces', others.map((other) => `${other} (<< ${version})`)],
    ['Section', ['net']],
    ['Priority', ['optional']],
    ['Description', [summary]],
  ];
  const lines = fields.filter(([, values]) => values.length > 0).map(([key, values]) => `${key}: ${values.join(', ')}`);
  return `${[...lines, ...text.map((line) => ` ${line}`)].join('\n')}\n`;
}

/** A maintainer script with the lists that it goes by. Throws when it names one that is not there. */
export function fillScript(template: string, lists: Readonly<Record<string, readonly string[]>>): string {
  return template.replaceAll(/@([A-Z]+)@/g, (mark, name: string) => {
    const words = lists[name.toLowerCase()];
    if (words === undefined) throw new Error(`${mark} stands for nothing`);
    return words.join(' ');
  });
}
